/// What a secret vote holds until it is closed. The two halves have nothing in common: neither says which belongs to
/// which, or which came first.
public struct Urn: Sendable, Equatable {
  /// Who voted: hashes of codes or names, in their order.
  public var spent: [[UInt8]]
  /// Ballots as they were sealed, in the order of their bytes. They begin with 32 random bytes.
  public var sealed: [[UInt8]]

  public init(spent: [[UInt8]] = [], sealed: [[UInt8]] = []) {
    self.spent = spent
    self.sealed = sealed
  }
}

/// A ballot of a secret vote on its way into the urn.
public struct SealedBallot: Sendable, Equatable {
  /// Of the vote.
  public var register: Register
  /// Under what who casts it has voted then.
  public var spending: [UInt8]
  public var sealed: [UInt8]

  public init(register: Register, spending: [UInt8], sealed: [UInt8]) {
    self.register = register
    self.spending = spending
    self.sealed = sealed
  }
}

/// What can be asked of urns.
public protocol UrnReader: Sendable {
  /// What is in the urn of a vote.
  func urn(of register: Register) async throws(LedgerFileError) -> Urn
}
