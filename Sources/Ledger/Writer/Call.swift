/// What one caller submitted, and where its answer goes.
enum Call: Sendable {
  typealias SubmissionsAnswer = @Sendable (Result<[Outcome], LedgerError>) -> Void
  typealias CastsAnswer = @Sendable (Result<CastOutcomes, LedgerError>) -> Void

  case submissions([Submission], SubmissionsAnswer)
  case casts(CastBatch, CastsAnswer)

  /// How many submissions it is.
  var size: Int {
    switch self {
    case .submissions(let submissions, _): submissions.count
    case .casts(let batch, _): batch.count
    }
  }
}

/// What one caller is to be told.
enum Reply: Sendable {
  case submissions([Outcome], Call.SubmissionsAnswer)
  case casts(CastOutcomes, count: Int, Call.CastsAnswer)
  case failure(LedgerError, Call)

  /// How many submissions it answers.
  var size: Int {
    switch self {
    case .submissions(let outcomes, _): outcomes.count
    case .casts(_, let count, _): count
    case .failure(_, let call): call.size
    }
  }

  /// Whether it need not wait for the observer of the commit.
  var isForCasts: Bool {
    switch self {
    case .submissions, .failure(_, .submissions): false
    case .casts, .failure(_, .casts): true
    }
  }

  func give() {
    switch self {
    case .submissions(let outcomes, let answer): answer(.success(outcomes))
    case .casts(let outcomes, _, let answer): answer(.success(outcomes))
    case .failure(let error, .submissions(_, let answer)): answer(.failure(error))
    case .failure(let error, .casts(_, let answer)): answer(.failure(error))
    }
  }
}
