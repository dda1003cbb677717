public import Polling

/// Something that was done in a register: a sheet entered, a batch of paper accepted, a nomination screened. What a name
/// means, and which may follow which, is for the register's own rules; the ledger keeps acts in order, each once, and counts
/// what they count.
public struct Act: Sendable, Equatable {
  /// Chosen by who submits it: the same act submitted again is answered again.
  public struct ID: Hashable, Sendable {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
      self.high = high
      self.low = low
    }
  }

  public var register: Register
  public var id: ID
  public var name: String
  /// In the form that the register's rules give it.
  public var body: [UInt8]
  /// What it adds to figures. Empty: it counts nothing.
  public var counts: [ActCounts]
  /// The number of an earlier act of this register whose counts it takes away; each at most once.
  public var reverses: UInt64?
  public var by: String
  public var at: Timestamp

  public init(
    register: Register, id: ID, name: String, body: [UInt8], counts: [ActCounts] = [], reverses: UInt64? = nil,
    by: String, at: Timestamp
  ) {
    self.register = register
    self.id = id
    self.name = name
    self.body = body
    self.counts = counts
    self.reverses = reverses
    self.by = by
    self.at = at
  }

  /// An act that counts no cell cannot be reversed.
  var countsSomething: Bool { counts.contains { !$0.cells.isEmpty } }

  /// Names are keys: what looks the same must be the same bytes.
  var hasPlainNames: Bool { PlainName.isValid(register.name) && PlainName.isValid(name) }

  /// Whether it is the same submitted again, perhaps later.
  func isSame(as other: Act) -> Bool {
    var now = other
    now.at = at
    return self == now
  }
}

/// A row of acts that follow from one another, for example all of one campaign.
public struct Register: Hashable, Sendable {
  public enum Kind: UInt8, Sendable {
    case paper = 1
    case campaign = 2
    case alerts = 3
    /// A vote on the nominees of a campaign.
    case vote = 4
  }

  public var kind: Kind
  /// Made as a unit's path is: short plain names joined by "/".
  public var name: String

  public init(_ kind: Kind, _ name: String) {
    self.kind = kind
    self.name = name
  }
}

/// What an act adds to figures of one version of a poll.
public struct ActCounts: Sendable, Equatable {
  public var poll: PollID
  public var version: UInt32
  /// Each at least 1.
  public var cells: [CellKey: Int64]

  public init(poll: PollID, version: UInt32, cells: [CellKey: Int64]) {
    self.poll = poll
    self.version = version
    self.cells = cells
  }

  /// What is wrong with it under this version; nil: nothing.
  func problem(in poll: Poll) -> String? {
    for (key, count) in cells {
      guard count > 0 else { return "counts \(count) of something" }
      let isKnown =
        switch key.subject {
        case .ballots: true
        case .votes(let question, let choice):
          poll.questions.contains { $0.id == question && $0.choices.contains { $0.code == choice } }
        case .undervotes(let question): poll.questions.contains { $0.id == question }
        }
      if !isKnown { return "counts what version \(version) of poll \(poll.id) does not ask" }
    }
    return nil
  }
}

/// An act in its place.
public struct EnteredAct: Sendable, Equatable {
  /// In its register: 1, 2, 3 … without gaps.
  public var number: UInt64
  /// In the ledger.
  public var sequence: UInt64
  public var act: Act

  public init(number: UInt64, sequence: UInt64, act: Act) {
    self.number = number
    self.sequence = sequence
    self.act = act
  }
}
