internal import Polling

// The definition of a campaign, as FORMAT.md says ("Acts of campaigns").

extension Campaign {
  func encode(into writer: inout ByteWriter) {
    writer.string(id.rawValue)
    writer.label(title)
    writer.period(period)
    writer.string(unit.rawValue)
    writer.string(level.word)
    writer.list(subjects) { $1.string($0.rawValue) }
    writer.list(fields) { $0.encode(into: &$1) }
    writer.byte(allowsNoField ? 1 : 0)
    writer.list(topics) {
      $1.string($0.code)
      $1.string($0.kind.rawValue)
      $1.label($0.label)
    }
    writer.list(legalBases) { $0.encode(into: &$1) }
    writer.list(requiredItems) { $1.string($0.rawValue) }
    writer.list(figures) { $0.encode(into: &$1) }
    writer.list(rules) {
      $1.list($0.parts) { $1.string($0) }
      $1.string($0.whole)
    }
    writer.moves(screening.twoPersons)
    writer.moves(screening.documented)
    writer.some(vote) { $0.encode(into: &$1) }
  }

  /// Without its version, which follows from its place.
  init(_ reader: inout ByteReader) throws(FormatError) {
    let id: RecordID<Campaign> = try reader.id()
    let title = try reader.label()
    let period = try reader.period()
    let unit = try reader.unit()
    let level = try reader.word { CampaignLevel(word: $0) }
    let subjects = try reader.list { reader throws(FormatError) in try reader.word { SubjectKind(rawValue: $0) } }
    let fields = try reader.list { reader throws(FormatError) in try CampaignField(&reader) }
    let allowsNoField = try reader.flag()
    let topics = try reader.list { reader throws(FormatError) in
      let code = try reader.string()
      let kind = try reader.word { CampaignTopic.Kind(rawValue: $0) }
      return CampaignTopic(code: code, kind: kind, label: try reader.label())
    }
    let legalBases = try reader.list { reader throws(FormatError) in try LegalBasis(&reader) }
    let items = try reader.list { reader throws(FormatError) in try reader.word { NominationItem(rawValue: $0) } }
    let figures = try reader.list { reader throws(FormatError) in try CampaignFigure(&reader) }
    let rules = try reader.list { reader throws(FormatError) in
      let parts = try reader.list { reader throws(FormatError) in try reader.string() }
      return FigureRule(parts: parts, whole: try reader.string())
    }
    let twoPersons = try reader.moves()
    let documented = try reader.moves()
    let vote = try reader.some { reader throws(FormatError) in try NomineeVote(&reader) }
    self.init(
      id: id, title: title, period: period, unit: unit, level: level, subjects: subjects, fields: fields,
      allowsNoField: allowsNoField, topics: topics, legalBases: legalBases, requiredItems: items, figures: figures,
      rules: rules, screening: ScreeningPolicy(twoPersons: twoPersons, documented: documented), vote: vote)
  }
}

extension ByteWriter {
  /// In the order of their words.
  fileprivate mutating func moves(_ moves: Set<ScreeningMove>) {
    list(moves.map(\.word).sorted()) { $1.string($0) }
  }
}

extension ByteReader {
  fileprivate mutating func moves() throws(FormatError) -> Set<ScreeningMove> {
    var moves: Set<ScreeningMove> = []
    var last = ""
    for _ in 0..<(try count()) {
      let word = try string()
      guard let move = ScreeningMove(word: word), last < word else { throw fail("moves out of order, or unknown") }
      moves.insert(move)
      last = word
    }
    return moves
  }
}

extension CampaignField {
  fileprivate func encode(into writer: inout ByteWriter) {
    writer.string(code)
    writer.label(label)
    writer.list(aliases) { $1.string($0) }
    writer.list(counterparts) {
      $1.string($0.campaign.rawValue)
      $1.string($0.code)
    }
  }

  fileprivate init(_ reader: inout ByteReader) throws(FormatError) {
    let code = try reader.string()
    let label = try reader.label()
    let aliases = try reader.list { reader throws(FormatError) in try reader.string() }
    let counterparts = try reader.list { reader throws(FormatError) in
      let campaign: RecordID<Campaign> = try reader.id()
      return Counterpart(campaign: campaign, code: try reader.string())
    }
    self.init(code: code, label: label, aliases: aliases, counterparts: counterparts)
  }
}

extension LegalBasis {
  fileprivate func encode(into writer: inout ByteWriter) {
    writer.string(id.rawValue)
    writer.string(kind.rawValue)
    writer.string(number)
    writer.string(issuer)
    writer.some(date) { $1.day($0) }
    writer.list(implements) { $1.string($0.rawValue) }
  }

  fileprivate init(_ reader: inout ByteReader) throws(FormatError) {
    let id: RecordID<LegalBasis> = try reader.id()
    let kind = try reader.word { Kind(rawValue: $0) }
    let number = try reader.string()
    let issuer = try reader.string()
    let date = try reader.some { reader throws(FormatError) in try reader.day() }
    self.init(id: id, kind: kind, number: number, issuer: issuer, date: date, implements: try reader.ids())
  }
}

extension CampaignFigure {
  private enum Kind {
    static let stated: UInt8 = 1
    static let sum: UInt8 = 2
    static let unknown: UInt8 = 3
  }

  fileprivate func encode(into writer: inout ByteWriter) {
    writer.string(name)
    switch origin {
    case .stated(let value):
      writer.byte(Kind.stated)
      writer.signed(value)
    case .sum(let parts):
      writer.byte(Kind.sum)
      writer.list(parts) { $1.string($0) }
    case .unknown: writer.byte(Kind.unknown)
    }
  }

  fileprivate init(_ reader: inout ByteReader) throws(FormatError) {
    let name = try reader.string()
    let origin: Origin
    switch try reader.byte() {
    case Kind.stated: origin = .stated(try reader.signed())
    case Kind.sum: origin = .sum(of: try reader.list { reader throws(FormatError) in try reader.string() })
    case Kind.unknown: origin = .unknown
    default: throw reader.fail("unknown origin")
    }
    self.init(name: name, origin: origin)
  }
}

extension NomineeVote {
  private enum Kind {
    static let approval: UInt8 = 1
    static let choose: UInt8 = 2
    static let scale: UInt8 = 3
    static let jury: UInt8 = 4
  }

  fileprivate func encode(into writer: inout ByteWriter) {
    switch method {
    case .approval: writer.byte(Kind.approval)
    case .choose(let most):
      writer.byte(Kind.choose)
      writer.varint(UInt64(most))
    case .scale(let levels):
      writer.byte(Kind.scale)
      writer.varint(UInt64(levels))
    case .jury(let points):
      writer.byte(Kind.jury)
      writer.varint(UInt64(points))
    }
    for share in [quorum, threshold] { writer.some(share) { $1.string("\($0.numerator)/\($0.denominator)") } }
    writer.byte(mustExceedThreshold ? 1 : 0)
    writer.some(places) { $1.varint(UInt64($0)) }
    writer.string(ties.rawValue)
  }

  fileprivate init(_ reader: inout ByteReader) throws(FormatError) {
    let method: Method
    switch try reader.byte() {
    case Kind.approval: method = .approval
    case Kind.choose: method = .choose(try reader.uint32())
    case Kind.scale: method = .scale(levels: try reader.uint32())
    case Kind.jury: method = .jury(points: try reader.uint32())
    default: throw reader.fail("unknown method")
    }
    let quorum = try reader.share()
    let threshold = try reader.share()
    let mustExceed = try reader.flag()
    let places = try reader.some { reader throws(FormatError) in try reader.uint32() }
    self.init(
      method: method, quorum: quorum, threshold: threshold, mustExceedThreshold: mustExceed, places: places,
      ties: try reader.word { TieRule(rawValue: $0) })
  }
}

extension ByteReader {
  /// In lowest terms.
  fileprivate mutating func share() throws(FormatError) -> Rational? {
    try some { reader throws(FormatError) in
      let text = try reader.string()
      guard let share = Rational(text), "\(share.numerator)/\(share.denominator)" == text else {
        throw reader.fail("no share in lowest terms")
      }
      return share
    }
  }
}
