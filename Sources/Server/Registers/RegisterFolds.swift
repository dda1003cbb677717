internal import Ledger

/// What a register comes to, act by act.
protocol RegisterFold: Sendable {
  /// Of the last act that is in it; 0: none is.
  var number: UInt64 { get }
  /// What a bound on all that are held is in.
  var bytes: Int { get }
}

extension RegisterFold {
  var bytes: Int { 0 }

  /// With every act that was entered after it, as the ledger has them now. It is the caller's own: whatever others hold or let
  /// go of meanwhile, nothing is missing in it.
  ///
  /// - Parameter page: acts per reading.
  func caughtUp(
    with register: Register, _ reader: any RegisterReader, page: Int = 32,
    _ fold: (inout Self, EnteredAct) throws -> Void
  ) async throws(Refusal) -> Self {
    var next = self
    do {
      while true {
        let acts = try await reader.acts(of: register, after: next.number, limit: page)
        for act in acts { try fold(&next, act) }
        if acts.count < page { return next }
      }
    } catch {
      throw .ourFault("\(register.name) cannot be read: \(error)")
    }
  }
}

/// Folds of registers that were asked for, so that not every question reads from the beginning. Any may be gone at the next
/// look.
struct RegisterFolds<Fold: RegisterFold> {
  private let most: Int
  private let mostBytes: Int
  private var held: [Register: Fold] = [:]

  init(most: Int = 16, mostBytes: Int = .max) {
    self.most = most
    self.mostBytes = mostBytes
  }

  subscript(_ register: Register) -> Fold? { held[register] }

  /// - Returns: false for what is no news: one that is as far is held already.
  @discardableResult
  mutating func hold(_ fold: Fold, of register: Register) -> Bool {
    guard fold.number > held[register]?.number ?? 0 else { return false }
    held[register] = fold
    while held.count > most || held.values.reduce(0, { $0 + $1.bytes }) > mostBytes,
      let other = held.keys.first(where: { $0 != register })
    {
      held[other] = nil
    }
    return true
  }
}
