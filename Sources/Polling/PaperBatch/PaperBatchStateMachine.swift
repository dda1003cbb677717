/// A batch of paper sheets: a manifest, two entries by two persons (one where the manifest says so), acceptance, and
/// reversal by two persons. Values in, a new state or a refusal out; modelled on Kiesraad Abacus' data entry states.
/// An auditor may draw sheets of it and say whether they are what was entered: that changes no figure.
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
  /// Counts that are neither entry's, each at most once.
  public private(set) var corrections: [PaperCorrection] = []
  /// Of the entry that is counted.
  public private(set) var audit: PaperAudit?
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
    case .discard(let entry, let why): try discard(entry, why, person)
    case .reset(let why):
      try require([.enteringFirst, .awaitingSecond, .enteringSecond, .entriesDiffer, .definitive])
      try Self.check(why)
      (first, second, kept, phase) = (nil, nil, nil, .awaitingFirst)
      (corrections, audit) = ([], nil)
    case .resolve(let resolution, let why): try resolve(resolution, why, person, at, number, poll)
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
    case .drawSheets(let seed, let sheets): try draw(sheets, seed, person)
    case .recordSheets(let findings, let why): try record(findings, why, person, at, number)
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
    if person.role == .auditor { throw .role(.coordinator) }
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

  private mutating func discard(
    _ entry: PaperEntryNumber, _ why: String?, _ person: PaperPerson
  ) throws(PaperRefusal) {
    _ = try own(entry, person)
    if let why { try Self.check(why) }
    self[entry] = nil
    phase = entry == .first ? .awaitingFirst : .awaitingSecond
  }

  private mutating func resolve(
    _ resolution: PaperResolution, _ why: String, _ person: PaperPerson, _ at: Timestamp, _ number: UInt64, _ poll: Poll
  ) throws(PaperRefusal) {
    try require([.entriesDiffer])
    try Self.check(why)
    try requireOther(person)
    switch resolution {
    case .keep(let entry): try settle(on: entry, poll)
    case .drop(let entry):
      if entry == .first { first = second }
      (second, phase, corrections) = (nil, .awaitingSecond, [])
    case .correct(let cell, let count):
      guard (0...PaperManifest.mostQuestionnaires).contains(count) else {
        throw .invalid([Violation("resolve.count", "must be 0 to \(PaperManifest.mostQuestionnaires)")])
      }
      guard uncorrectedDifferences(in: poll).contains(where: { $0.cell == cell.key }) else { throw .entriesAgree }
      corrections.removeAll { $0.cell == cell }
      corrections.append(
        PaperCorrection(cell: cell, count: count, by: person.name, at: at, why: why, number: number))
      if differences(in: poll).isEmpty { try settle(on: .first, poll) }
    }
  }

  private mutating func settle(on entry: PaperEntryNumber, _ poll: Poll) throws(PaperRefusal) {
    let problems = correctionProblems(of: entry, in: poll)
    guard problems.isEmpty else { throw .sums(problems) }
    (kept, phase) = (entry, .definitive)
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

  // MARK: - Audit

  private mutating func draw(_ sheets: UInt64, _ seed: String, _ person: PaperPerson) throws(PaperRefusal) {
    try require([.definitive, .accepted, .reversalProposed])
    try requireOther(person)
    guard let kept, let entry = entry(kept) else { throw .phase(phase) }
    audit = try PaperAudit.drawing(sheets, seed: seed, of: entry.sheets.count, after: audit)
  }

  private mutating func record(
    _ findings: [PaperAudit.Finding], _ why: String, _ person: PaperPerson, _ at: Timestamp, _ number: UInt64
  ) throws(PaperRefusal) {
    try require([.definitive, .accepted, .reversalProposed])
    try requireOther(person)
    guard var audit else { throw .notDrawn }
    guard why.utf8.count <= Self.longestWhy else { throw .reasonNeeded }
    try audit.record(findings, why, by: person.name, at: at, number: number)
    self.audit = audit
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

extension PaperManifest {
  /// Whether what was entered under one of them can stand under the other.
  fileprivate func entersTheSame(as other: PaperManifest) -> Bool {
    pollVersion == other.pollVersion && unit == other.unit && period == other.period
      && isSingleEntry == other.isSingleEntry && files == other.files
  }
}
