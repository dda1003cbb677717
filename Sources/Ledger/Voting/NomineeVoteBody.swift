public import Polling

// The bodies of acts of votes on nominees, as FORMAT.md says ("Acts of a vote").

extension Register {
  /// Where a vote of a campaign is.
  ///
  /// - Parameter vote: which one; a campaign may have several, one after another.
  public static func vote(_ campaign: RecordID<Campaign>, _ vote: RecordID<VoteDefinition>) -> Register {
    Register(.vote, "\(campaign)/\(vote)")
  }
}

extension NomineeVoteEvent {
  private static let layout: UInt8 = 1

  /// The body of its act.
  ///
  /// - Parameter definition: of the vote; of no matter for its opening. Marks of nominees who are not in it are left
  ///   out.
  public func body(in definition: VoteDefinition?) -> [UInt8] {
    let places = VotePlaces(definition)
    var writer = ByteWriter()
    writer.byte(Self.layout)
    switch self {
    case .open(let definition): definition.encode(into: &writer)
    case .codes(let codes): writer.hashes(codes)
    case .vote(let ballot): writer.marks(ballot, places)
    case .close(let closing):
      writer.byte(closing.outcome.rawValue)
      writer.string(closing.why)
      writer.hashes(closing.spent)
      writer.count(closing.piles.count)
      for pile in closing.piles {
        writer.varint(pile.count)
        writer.marks(pile.ballot, places)
      }
      writer.varint(closing.spoilt)
    }
    return writer.bytes
  }

  /// - Throws: `LedgerFileError` for an act that no vote has.
  public init(_ act: Act, in definition: VoteDefinition?) throws(LedgerFileError) {
    guard let word = Word(rawValue: act.name) else {
      throw LedgerFileError(.damaged, "act \"\(act.name)\" of a vote is unknown")
    }
    do {
      self = try act.body.withUnsafeBytes { bytes throws(FormatError) in
        var reader = ByteReader(bytes)
        guard try reader.byte() == Self.layout else { throw reader.fail("layout of a newer version") }
        let event = try NomineeVoteEvent(word, VotePlaces(definition), &reader)
        try reader.end()
        return event
      }
    } catch {
      throw LedgerFileError(.damaged, "act \"\(act.name)\" of a vote: \(error)")
    }
  }

  private init(_ word: Word, _ places: VotePlaces, _ reader: inout ByteReader) throws(FormatError) {
    switch word {
    case .open: self = .open(try VoteDefinition(&reader))
    case .codes: self = .codes(try reader.hashes())
    case .vote: self = .vote(try reader.marks(places))
    case .close:
      guard let outcome = VoteClosing.Outcome(rawValue: try reader.byte()) else { throw reader.fail("unknown outcome") }
      let (why, spent) = (try reader.string(), try reader.hashes())
      var piles: [VoteClosing.Pile] = []
      for _ in 0..<(try reader.count()) {
        let count = try reader.varint()
        piles.append(VoteClosing.Pile(try reader.marks(places), count: count))
      }
      self = .close(
        VoteClosing(outcome, spent: spent, piles: piles, spoilt: try reader.varint(), why: why))
    }
  }
}

/// Nominees by their places on the sheet, from 0.
private struct VotePlaces {
  let nominees: [RecordID<Nomination>]
  let places: [RecordID<Nomination>: Int]

  init(_ definition: VoteDefinition?) {
    nominees = definition?.nominees.map(\.id) ?? []
    places = Dictionary(zip(nominees, 0...), uniquingKeysWith: { first, _ in first })
  }
}

extension ByteWriter {
  fileprivate mutating func hashes(_ hashes: [[UInt8]]) {
    count(hashes.count)
    for hash in hashes { blob(hash) }
  }

  fileprivate mutating func marks(_ ballot: NomineeBallot, _ places: VotePlaces) {
    let marks = ballot.marks.compactMap { mark in places.places[mark.nominee].map { ($0, mark.level) } }
    count(marks.count)
    for (place, level) in marks {
      count(place)
      varint(UInt64(level))
    }
  }

  fileprivate mutating func fraction(_ value: Rational) {
    string(value.numerator)
    string(value.denominator)
  }
}

extension ByteReader {
  fileprivate mutating func hashes() throws(FormatError) -> [[UInt8]] {
    var hashes: [[UInt8]] = []
    for _ in 0..<(try count()) { hashes.append(try blob()) }
    return hashes
  }

  fileprivate mutating func marks(_ places: VotePlaces) throws(FormatError) -> NomineeBallot {
    var marks: [NomineeBallot.Mark] = []
    for _ in 0..<(try count()) {
      let place = try varint()
      guard place < UInt64(places.nominees.count) else { throw fail("a nominee who is not on the sheet") }
      marks.append(NomineeBallot.Mark(places.nominees[Int(place)], level: try uint32()))
    }
    return NomineeBallot(marks)
  }

  fileprivate mutating func fraction() throws(FormatError) -> Rational {
    let (above, below) = (try string(), try string())
    guard let value = Rational("\(above)/\(below)"), value.numerator == above, value.denominator == below else {
      throw fail("no fraction in lowest terms")
    }
    return value
  }
}

extension VoteDefinition {
  private enum Has {
    static let quorum: UInt8 = 1
    static let threshold: UInt8 = 2
    static let places: UInt8 = 4
    static let mustExceed: UInt8 = 8
    static let secrecy: UInt8 = 16
    static let live: UInt8 = 32
    static let all = quorum | threshold | places | mustExceed | secrecy | live
  }

  private static let ties: [NomineeVote.TieRule] = [.chooseAll, .chooseNone, .undecided]

  fileprivate func encode(into writer: inout ByteWriter) {
    writer.varint(UInt64(campaignVersion))
    writer.string(unit.rawValue)
    switch rules.method {
    case .approval: writer.byte(1)
    case .choose(let most):
      writer.byte(2)
      writer.varint(UInt64(most))
    case .scale(let levels):
      writer.byte(3)
      writer.varint(UInt64(levels))
    case .jury(let points):
      writer.byte(4)
      writer.varint(UInt64(points))
    }
    writer.byte(UInt8((Self.ties.firstIndex(of: rules.ties) ?? 0) + 1))
    var has: UInt8 = 0
    if rules.quorum != nil { has |= Has.quorum }
    if rules.threshold != nil { has |= Has.threshold }
    if rules.places != nil { has |= Has.places }
    if rules.mustExceedThreshold { has |= Has.mustExceed }
    if secrecy != nil { has |= Has.secrecy }
    if isLive { has |= Has.live }
    writer.byte(has)
    if let quorum = rules.quorum { writer.fraction(quorum) }
    if let threshold = rules.threshold { writer.fraction(threshold) }
    if let places = rules.places { writer.varint(UInt64(places)) }
    if let secrecy {
      writer.blob(secrecy.publicKey)
      writer.varint(UInt64(secrecy.fewest))
    }
    switch electorate {
    case .codes: writer.byte(1)
    case .named(let persons):
      writer.byte(2)
      writer.count(persons.count)
      for person in persons { writer.string(person) }
    }
    writer.count(nominees.count)
    for nominee in nominees {
      writer.string(nominee.id.rawValue)
      writer.string(nominee.name)
    }
  }

  fileprivate init(_ reader: inout ByteReader) throws(FormatError) {
    let version = try reader.uint32()
    let unit = try reader.named { try UnitPath($0) }
    let method: NomineeVote.Method
    switch try reader.byte() {
    case 1: method = .approval
    case 2: method = .choose(try reader.uint32())
    case 3: method = .scale(levels: try reader.uint32())
    case 4: method = .jury(points: try reader.uint32())
    default: throw reader.fail("unknown method")
    }
    let ties = Int(try reader.byte()) - 1
    guard Self.ties.indices.contains(ties) else { throw reader.fail("unknown rule for ties") }
    let has = try reader.byte()
    guard has & ~Has.all == 0 else { throw reader.fail("unknown field") }
    var rules = NomineeVote(
      method: method, mustExceedThreshold: has & Has.mustExceed != 0, ties: Self.ties[ties])
    if has & Has.quorum != 0 { rules.quorum = try reader.fraction() }
    if has & Has.threshold != 0 { rules.threshold = try reader.fraction() }
    if has & Has.places != 0 { rules.places = try reader.uint32() }
    var secrecy: Secrecy?
    if has & Has.secrecy != 0 {
      let key = try reader.blob()
      secrecy = Secrecy(publicKey: key, fewest: try reader.uint32())
    }
    let electorate: Electorate
    switch try reader.byte() {
    case 1: electorate = .codes
    case 2:
      var persons: [String] = []
      for _ in 0..<(try reader.count()) { persons.append(try reader.string()) }
      electorate = .named(persons)
    default: throw reader.fail("unknown electorate")
    }
    var nominees: [Nominee] = []
    for _ in 0..<(try reader.count()) {
      let id = try reader.named { try RecordID<Nomination>($0) }
      nominees.append(Nominee(id, name: try reader.string()))
    }
    self.init(
      campaignVersion: version, unit: unit, rules: rules, nominees: nominees, electorate: electorate, secrecy: secrecy,
      isLive: has & Has.live != 0)
  }
}
