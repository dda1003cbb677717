extension PaperEvent {
  /// The names of acts.
  public enum Word: String, Sendable, CaseIterable {
    case manifest, claim, rows, finalise, discard, reset, resolve, accept
    case proposeReversal = "propose-reversal"
    case withdrawReversal = "withdraw-reversal"
    case confirmReversal = "confirm-reversal"
    case drawSheets = "audit-draw"
    case recordSheets = "audit-record"
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
    case .drawSheets: .drawSheets
    case .recordSheets: .recordSheets
    }
  }

  var why: String? {
    switch self {
    case .putManifest(_, let why), .reset(let why), .resolve(_, let why), .proposeReversal(let why),
      .withdrawReversal(let why), .recordSheets(_, let why):
      why
    case .discard(_, let why): why
    case .claim, .rows, .finalise, .accept, .confirmReversal, .drawSheets: nil
    }
  }

  /// Who may do it; nil: clerks and coordinators.
  var role: PaperPerson.Role? {
    switch self {
    case .putManifest: nil
    case .claim, .rows, .finalise, .discard: .clerk
    case .reset, .resolve, .accept, .proposeReversal, .withdrawReversal, .confirmReversal: .coordinator
    case .drawSheets, .recordSheets: .auditor
    }
  }

  /// Whether figures follow from it, now or later: not after the poll's seal (``ClosingRule``).
  public var leadsToFigures: Bool {
    switch self {
    case .putManifest, .claim, .rows, .finalise, .resolve, .accept, .proposeReversal, .confirmReversal: true
    case .discard, .reset, .withdrawReversal, .drawSheets, .recordSheets: false
    }
  }
}
