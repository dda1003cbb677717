public import Polling

// The bodies of acts of campaigns' registers, as FORMAT.md says ("Acts of campaigns").

extension CampaignEvent {
  private static let layout: UInt8 = 1

  /// The body of its act.
  public var body: [UInt8] {
    var writer = ByteWriter()
    writer.byte(Self.layout)
    switch self {
    case .publish(let campaign): campaign.encode(into: &writer)
    case .nominate(let nominations, let total):
      writer.total(total)
      writer.list(nominations) { $0.encode(into: &$1) }
    case .move(let ids, let move, let reason, let document):
      writer.list(ids) { $1.string($0.rawValue) }
      writer.string(move.word)
      writer.string(reason)
      writer.string(document)
    case .decide(let decision): decision.encode(into: &writer)
    case .recognise(let ids, let decision, let reason):
      writer.list(ids) { $1.string($0.rawValue) }
      writer.string(decision.rawValue)
      writer.string(reason)
    case .certify(let ids, let decision, let day):
      writer.list(ids) { $1.string($0.rawValue) }
      writer.string(decision.rawValue)
      writer.day(day)
    case .handOver(let serials, let day):
      writer.list(serials) { $1.varint(UInt64($0)) }
      writer.day(day)
    case .reprint(let serial, let day, let reason):
      writer.varint(UInt64(serial))
      writer.day(day)
      writer.string(reason)
    case .award(let list, let total):
      writer.total(total)
      list.encode(into: &writer)
    case .addTeam(let name): writer.string(name)
    case .visit(let visit):
      writer.string(visit.id.rawValue)
      writer.string(visit.team)
      writer.string(visit.unit.rawValue)
      writer.day(visit.day)
      writer.string(visit.finding)
    case .scheduleReview(let id, let unit, let due):
      writer.string(id)
      writer.string(unit.rawValue)
      writer.day(due)
    case .reviewDone(let id, let day):
      writer.string(id)
      writer.day(day)
    case .setStatus(let id, let year, let status):
      writer.string(id.rawValue)
      writer.signed(Int64(year))
      writer.string(status.rawValue)
    }
    return writer.bytes
  }

  /// - Throws: `LedgerFileError` for an act that no campaign has.
  public init(_ act: Act) throws(LedgerFileError) {
    guard let word = Word(rawValue: act.name) else {
      throw LedgerFileError(.damaged, "act \"\(act.name)\" of a campaign's register is unknown")
    }
    do {
      self = try act.body.withUnsafeBytes { bytes throws(FormatError) in
        var reader = ByteReader(bytes)
        let event = try CampaignEvent(word, &reader)
        try reader.end()
        return event
      }
    } catch {
      throw LedgerFileError(.damaged, "act \"\(act.name)\" of a campaign's register: \(error)")
    }
  }

  private init(_ word: Word, _ reader: inout ByteReader) throws(FormatError) {
    guard try reader.byte() == Self.layout else { throw reader.fail("layout of a newer version") }
    switch word {
    case .publish: self = .publish(try Campaign(&reader))
    case .nominate:
      let total = try reader.total()
      self = .nominate(try reader.list { reader throws(FormatError) in try Nomination(&reader) }, controlTotal: total)
    case .move:
      let ids: [RecordID<Nomination>] = try reader.ids()
      let move = try reader.word { ScreeningMove(word: $0) }
      let reason = try reader.string()
      self = .move(ids, move, reason: reason, document: try reader.string())
    case .decide: self = .decide(try RecognitionDecision(&reader))
    case .recognise:
      let ids: [RecordID<Nomination>] = try reader.ids()
      let decision: RecordID<RecognitionDecision> = try reader.id()
      self = .recognise(ids, under: decision, reason: try reader.string())
    case .certify:
      let ids: [RecordID<Nomination>] = try reader.ids()
      let decision: RecordID<RecognitionDecision> = try reader.id()
      self = .certify(ids, under: decision, on: try reader.day())
    case .handOver:
      let serials = try reader.list { reader throws(FormatError) in try reader.uint32() }
      self = .handOver(serials, on: try reader.day())
    case .reprint:
      let serial = try reader.uint32()
      let day = try reader.day()
      self = .reprint(serial, on: day, reason: try reader.string())
    case .award:
      let total = try reader.total()
      self = .award(try AwardList(&reader), controlTotal: total)
    case .addTeam: self = .addTeam(try reader.string())
    case .visit:
      let id: RecordID<InspectionVisit> = try reader.id()
      let team = try reader.string()
      let unit = try reader.unit()
      let day = try reader.day()
      self = .visit(InspectionVisit(id: id, team: team, unit: unit, day: day, finding: try reader.string()))
    case .scheduleReview:
      let id = try reader.string()
      let unit = try reader.unit()
      self = .scheduleReview(id: id, unit: unit, due: try reader.day())
    case .reviewDone:
      let id = try reader.string()
      self = .reviewDone(id: id, on: try reader.day())
    case .setStatus:
      let id: RecordID<Nomination> = try reader.id()
      let year = try reader.year()
      self = .setStatus(id, year: year, try reader.word { ModelStatus(rawValue: $0) })
    }
  }
}

// MARK: - Parts

extension Nomination {
  fileprivate func encode(into writer: inout ByteWriter) {
    writer.string(id.rawValue)
    writer.string(campaign.rawValue)
    writer.varint(UInt64(campaignVersion))
    writer.string(nominee.kind.rawValue)
    writer.string(nominee.name)
    writer.string(nominee.unit.rawValue)
    writer.some(nominee.registrant) {
      $1.string($0.kind.rawValue)
      $1.string($0.name)
    }
    writer.some(field) { $1.string($0) }
    writer.list(topics) { $1.string($0) }
    writer.byte(isNewTask ? 1 : 0)
    writer.byte(isHardTask ? 1 : 0)
    writer.list(NominationItem.allCases.filter { items[$0] != nil }) {
      $1.string($0.rawValue)
      $1.string(items[$0] ?? "")
    }
  }

  fileprivate init(_ reader: inout ByteReader) throws(FormatError) {
    let id: RecordID<Nomination> = try reader.id()
    let campaign: RecordID<Campaign> = try reader.id()
    let version = try reader.uint32()
    let kind = try reader.word { SubjectKind(rawValue: $0) }
    let name = try reader.string()
    let unit = try reader.unit()
    let registrant = try reader.some { reader throws(FormatError) in
      let kind = try reader.word { SubjectKind(rawValue: $0) }
      return Registrant(kind: kind, name: try reader.string())
    }
    let field = try reader.some { reader throws(FormatError) in try reader.string() }
    let topics = try reader.list { reader throws(FormatError) in try reader.string() }
    let isNewTask = try reader.flag()
    let isHardTask = try reader.flag()
    var items: [NominationItem: String] = [:]
    var order = NominationItem.allCases[...]
    for _ in 0..<(try reader.count()) {
      let item = try reader.word { NominationItem(rawValue: $0) }
      guard let place = order.firstIndex(of: item) else { throw reader.fail("items out of their order") }
      order = order[(place + 1)...]
      items[item] = try reader.string()
    }
    self.init(
      id: id, campaign: campaign, campaignVersion: version,
      nominee: Nominee(kind: kind, name: name, unit: unit, registrant: registrant), field: field, topics: topics,
      isNewTask: isNewTask, isHardTask: isHardTask, items: items)
  }
}

extension RecognitionDecision {
  fileprivate func encode(into writer: inout ByteWriter) {
    writer.string(id.rawValue)
    writer.string(campaign.rawValue)
    writer.string(number)
    writer.day(date)
    writer.string(signer)
    writer.string(level.word)
    writer.signed(Int64(year))
    writer.varint(UInt64(count))
  }

  fileprivate init(_ reader: inout ByteReader) throws(FormatError) {
    let id: RecordID<RecognitionDecision> = try reader.id()
    let campaign: RecordID<Campaign> = try reader.id()
    let number = try reader.string()
    let date = try reader.day()
    let signer = try reader.string()
    let level = try reader.word { CampaignLevel(word: $0) }
    let year = try reader.year()
    self.init(
      id: id, campaign: campaign, number: number, date: date, signer: signer, level: level, year: year,
      count: try reader.uint32())
  }
}

extension AwardList {
  private enum LineKind {
    static let named: UInt8 = 1
    static let unsplit: UInt8 = 2
  }

  fileprivate func encode(into writer: inout ByteWriter) {
    writer.string(id.rawValue)
    writer.string(unit.rawValue)
    writer.string(issuer)
    writer.some(legalBasis) { $1.string($0.rawValue) }
    writer.string(kind.rawValue)
    writer.string(level.word)
    writer.period(period)
    writer.string(topic)
    writer.list(lines) {
      switch $0 {
      case .named(let kind, let name, let unit):
        $1.byte(LineKind.named)
        $1.string(kind.rawValue)
        $1.string(name)
        $1.string(unit.rawValue)
      case .unsplit(let count, let among):
        $1.byte(LineKind.unsplit)
        $1.varint(UInt64(count))
        $1.list(among) { $1.string($0.rawValue) }
      }
    }
  }

  fileprivate init(_ reader: inout ByteReader) throws(FormatError) {
    let id: RecordID<AwardList> = try reader.id()
    let unit = try reader.unit()
    let issuer = try reader.string()
    let legalBasis: RecordID<LegalBasis>? = try reader.some { reader throws(FormatError) in try reader.id() }
    let kind = try reader.word { AwardKind(rawValue: $0) }
    let level = try reader.word { CampaignLevel(word: $0) }
    let period = try reader.period()
    let topic = try reader.string()
    let lines = try reader.list { reader throws(FormatError) in
      switch try reader.byte() {
      case LineKind.named:
        let kind = try reader.word { SubjectKind(rawValue: $0) }
        let name = try reader.string()
        return Line.named(kind: kind, name: name, unit: try reader.unit())
      case LineKind.unsplit:
        let count = try reader.uint32()
        let among = try reader.list { reader throws(FormatError) in
          try reader.word { SubjectKind(rawValue: $0) }
        }
        return Line.unsplit(count: count, among: among)
      default: throw reader.fail("unknown line")
      }
    }
    self.init(
      id: id, unit: unit, issuer: issuer, legalBasis: legalBasis, kind: kind, level: level, period: period,
      topic: topic, lines: lines)
  }
}
