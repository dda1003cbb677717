/// A batch of paper sheets: a manifest, two entries by two persons (one where the manifest says so), acceptance, and
/// reversal by two persons. Values in, a new state or a refusal out; modelled on Kiesraad Abacus' data entry states.
///
///     empty → awaitingFirst ⇄ enteringFirst → awaitingSecond ⇄ enteringSecond → definitive → accepted
///     enteringFirst → definitive (single entry), enteringSecond → entriesDiffer → definitive or awaitingSecond
///     accepted ⇄ reversalProposed → reversed; a reset leads from everything entered back to awaitingFirst
public struct PaperBatch: Hashable, Sendable {
  public enum Phase: UInt8, Hashable, Sendable, CaseIterable {
    /// Nothing was said of it.
    case empty = 1
    case awaitingFirst
    case enteringFirst
    case awaitingSecond
    case enteringSecond
    case entriesDiffer
    /// What is entered is what it says, if it is what the manifest says.
    case definitive
    /// In all figures.
    case accepted
    /// Still in all figures.
    case reversalProposed
    /// In no figure any more.
    case reversed
  }

  /// Something that was done, rows aside.
  public struct Step: Hashable, Sendable {
    /// Of its act.
    public var number: UInt64
    public var event: String
    public var by: String
    public var at: Timestamp
    public var why: String
  }

  public static let longestWhy = 1_000

  public private(set) var phase = Phase.empty
  public private(set) var manifest: PaperManifest?
  public private(set) var first: PaperEntryState?
  public private(set) var second: PaperEntryState?
  /// The entry that is counted, once it is definitive.
  public private(set) var kept: PaperEntryNumber?
  /// The number of the act that accepted it.
  public private(set) var acceptance: UInt64?
  public private(set) var history: [Step] = []
  private var proposer: String?

  public init() {}

  /// - Parameters:
  ///   - number: of its act in the batch's register.
  ///   - poll: the version that the manifest names, or will.
  /// - Throws: ``PaperRefusal``; nothing has changed then.
  public mutating func take(
    _ event: PaperEvent, by person: PaperPerson, at: Timestamp, number: UInt64, poll: Poll
  ) throws(PaperRefusal) {
    var next = self
    try next.change(event, person, at, number, poll)
    if event.word != .rows {
      next.history.append(
        Step(number: number, event: event.word.rawValue, by: person.name, at: at, why: event.why ?? ""))
    }
    self = next
  }

  private mutating func change(
    _ event: PaperEvent, _ person: PaperPerson, _ at: Timestamp, _ number: UInt64, _ poll: Poll
  ) throws(PaperRefusal) {
    if let role = event.role, role != person.role { throw .role(role) }
    switch event {
    case .putManifest(let new, let why): try put(new, why, person, poll, today: Day(of: at))
    case .claim(let entry): try claim(entry, person, number)
    case .rows(let chunk): try add(chunk, person, poll)
    case .finalise(let entry, let warnings): try finalise(entry, warnings, person, poll)
    case .discard(let entry): try discard(entry, person)
    case .reset(let why):
      try require([.enteringFirst, .awaitingSecond, .enteringSecond, .entriesDiffer, .definitive])
      try Self.check(why)
      (first, second, kept, phase) = (nil, nil, nil, .awaitingFirst)
    case .resolve(let resolution, let why): try resolve(resolution, why, person)
    case .accept: try accept(person, number, poll)
    case .proposeReversal(let why):
      try require([.accepted])
      try Self.check(why)
      (proposer, phase) = (person.name, .reversalProposed)
    case .withdrawReversal(let why):
      try require([.reversalProposed])
      try Self.check(why)
      (proposer, phase) = (nil, .accepted)
    case .confirmReversal:
      try require([.reversalProposed])
      guard proposer != person.name else { throw .otherPersonNeeded }
      phase = .reversed
    }
  }

  private func require(_ phases: Set<Phase>) throws(PaperRefusal) {
    guard phases.contains(phase) else { throw .phase(phase) }
  }

  private static func check(_ why: String) throws(PaperRefusal) {
    guard !why.isEmpty, why.utf8.count <= longestWhy else { throw .reasonNeeded }
  }

  // MARK: - Manifest

  private mutating func put(
    _ new: PaperManifest, _ why: String, _ person: PaperPerson, _ poll: Poll, today: Day
  ) throws(PaperRefusal) {
    try require([.empty, .awaitingFirst, .enteringFirst, .awaitingSecond, .enteringSecond, .entriesDiffer, .definitive])
    if new.isSingleEntry, person.role != .coordinator { throw .role(.coordinator) }
    let violations = new.violations(in: poll, today: today)
    guard violations.isEmpty else { throw .invalid(violations) }
    guard why.utf8.count <= Self.longestWhy else { throw .reasonNeeded }
    if let old = manifest {
      guard person.role == .coordinator else { throw .role(.coordinator) }
      try Self.check(why)
      guard first == nil || old.entersTheSame(as: new) else { throw .manifestFixed }
    }
    manifest = new
    if phase == .empty { phase = .awaitingFirst }
  }

  // MARK: - Entries

  private mutating func claim(
    _ entry: PaperEntryNumber, _ person: PaperPerson, _ number: UInt64
  ) throws(PaperRefusal) {
    switch entry {
    case .first:
      try require([.awaitingFirst])
      first = PaperEntryState(by: person.name, claim: number)
      phase = .enteringFirst
    case .second:
      try require([.awaitingSecond])
      guard first?.by != person.name else { throw .otherPersonNeeded }
      second = PaperEntryState(by: person.name, claim: number)
      phase = .enteringSecond
    }
  }

  /// The entry that is being entered, by who claimed it.
  private func own(_ entry: PaperEntryNumber, _ person: PaperPerson) throws(PaperRefusal) -> PaperEntryState {
    try require(entry == .first ? [.enteringFirst] : [.enteringSecond])
    guard let state = self[entry] else { throw .phase(phase) }
    guard state.by == person.name else { throw .notYours(state.by) }
    return state
  }

  private mutating func add(_ chunk: PaperChunk, _ person: PaperPerson, _ poll: Poll) throws(PaperRefusal) {
    var state = try own(chunk.entry, person)
    guard let manifest else { throw .phase(phase) }
    try state.add(chunk, manifest, poll)
    self[chunk.entry] = state
  }

  private mutating func finalise(
    _ entry: PaperEntryNumber, _ warnings: [String], _ person: PaperPerson, _ poll: Poll
  ) throws(PaperRefusal) {
    var state = try own(entry, person)
    guard state.files.last?.isWhole ?? true else { throw .fileUnfinished }
    guard !state.sums.isEmpty else { throw .nothingEntered }
    guard warnings.count <= 64, warnings.allSatisfy({ $0.utf8.count <= 16 }) else {
      throw .invalid([Violation("warnings", "must be at most 64 codes")])
    }
    let problems = state.sums.problems(in: poll)
    guard problems.isEmpty else { throw .sums(problems) }
    state.warnings = warnings
    self[entry] = state
    switch entry {
    case .first where manifest?.isSingleEntry == true: (kept, phase) = (.first, .definitive)
    case .first: phase = .awaitingSecond
    case .second: compare(poll)
    }
  }

  private mutating func compare(_ poll: Poll) {
    if differences(in: poll).isEmpty {
      (kept, phase) = (.first, .definitive)
    } else {
      phase = .entriesDiffer
    }
  }

  private mutating func discard(_ entry: PaperEntryNumber, _ person: PaperPerson) throws(PaperRefusal) {
    _ = try own(entry, person)
    self[entry] = nil
    phase = entry == .first ? .awaitingFirst : .awaitingSecond
  }

  private mutating func resolve(
    _ resolution: PaperResolution, _ why: String, _ person: PaperPerson
  ) throws(PaperRefusal) {
    try require([.entriesDiffer])
    try Self.check(why)
    try requireOther(person)
    switch resolution {
    case .keep(let entry): (kept, phase) = (entry, .definitive)
    case .drop(let entry):
      if entry == .first { first = second }
      (second, phase) = (nil, .awaitingSecond)
    }
  }

  /// Who entered it does not judge it.
  private func requireOther(_ person: PaperPerson) throws(PaperRefusal) {
    guard first?.by != person.name, second?.by != person.name else { throw .otherPersonNeeded }
  }

  // MARK: - Acceptance

  private mutating func accept(_ person: PaperPerson, _ number: UInt64, _ poll: Poll) throws(PaperRefusal) {
    try require([.definitive])
    try requireOther(person)
    let differences = manifestDifferences(in: poll)
    guard differences.isEmpty else { throw .manifestDiffers(differences) }
    (acceptance, phase) = (number, .accepted)
  }

  private subscript(entry: PaperEntryNumber) -> PaperEntryState? {
    get { entry == .first ? first : second }
    set {
      switch entry {
      case .first: first = newValue
      case .second: second = newValue
      }
    }
  }
}

extension PaperBatch {
  /// The entry with this number, as it stands.
  public func entry(_ number: PaperEntryNumber) -> PaperEntryState? { number == .first ? first : second }

  /// Where the two entries differ; empty: nowhere, or there are not two.
  public func differences(in poll: Poll) -> [PaperDifference] {
    guard let first, let second else { return [] }
    return PaperDifference.between(first.sums.cells(in: poll), second.sums.cells(in: poll))
  }

  /// Where the entry that would be counted, or else the first one, is not what the manifest says.
  public func manifestDifferences(in poll: Poll) -> [ManifestDifference] {
    guard let manifest, let entry = entry(kept ?? .first) else { return [] }
    return manifest.differences(entry.sums.cells(in: poll))
  }

  /// What it adds to figures once it is accepted: cells of channel paper, flagged where one person entered it.
  public func counts(in poll: Poll) -> [CellKey: Int64] {
    guard let manifest, let kept, let entry = entry(kept) else { return [:] }
    let cells = entry.sums.cells(in: poll).filter { $0.value > 0 }
    guard manifest.isSingleEntry else { return cells }
    return Dictionary(
      uniqueKeysWithValues: cells.map { key, count in
        var key = key
        key.flags.insert(.singleEntry)
        return (key, count)
      })
  }
}

extension PaperManifest {
  /// Whether what was entered under one of them can stand under the other.
  fileprivate func entersTheSame(as other: PaperManifest) -> Bool {
    pollVersion == other.pollVersion && unit == other.unit && period == other.period
      && isSingleEntry == other.isSingleEntry && files == other.files
  }
}

extension PaperEvent {
  /// The names of acts.
  public enum Word: String, Sendable, CaseIterable {
    case manifest, claim, rows, finalise, discard, reset, resolve, accept
    case proposeReversal = "propose-reversal"
    case withdrawReversal = "withdraw-reversal"
    case confirmReversal = "confirm-reversal"
  }

  public var word: Word {
    switch self {
    case .putManifest: .manifest
    case .claim: .claim
    case .rows: .rows
    case .finalise: .finalise
    case .discard: .discard
    case .reset: .reset
    case .resolve: .resolve
    case .accept: .accept
    case .proposeReversal: .proposeReversal
    case .withdrawReversal: .withdrawReversal
    case .confirmReversal: .confirmReversal
    }
  }

  var why: String? {
    switch self {
    case .putManifest(_, let why), .reset(let why), .resolve(_, let why), .proposeReversal(let why),
      .withdrawReversal(let why):
      why
    case .claim, .rows, .finalise, .discard, .accept, .confirmReversal: nil
    }
  }

  /// Who may do it; nil: either.
  var role: PaperPerson.Role? {
    switch self {
    case .putManifest: nil
    case .claim, .rows, .finalise, .discard: .clerk
    case .reset, .resolve, .accept, .proposeReversal, .withdrawReversal, .confirmReversal: .coordinator
    }
  }
}
