/// How sealed ballots are opened: HPKE (RFC 9180), by whoever has the cryptography.
public struct BallotOpener: Sendable {
  /// Bytes that a sealed ballot is longer than its sheet.
  public var overhead: Int
  /// The public key that belongs to a private one; nil: it is none.
  public var publicKey: @Sendable (_ privateKey: [UInt8]) -> [UInt8]?
  /// Nil: it was not sealed to this key with this information and for this vote. Throws only if the cryptography itself
  /// fails: no ballot is lost by that.
  public var open:
    @Sendable (_ sealed: [UInt8], _ privateKey: [UInt8], _ info: [UInt8], _ vote: [UInt8]) throws -> [UInt8]?

  public init(
    overhead: Int, publicKey: @escaping @Sendable (_ privateKey: [UInt8]) -> [UInt8]?,
    open:
      @escaping @Sendable (
        _ sealed: [UInt8], _ privateKey: [UInt8], _ info: [UInt8], _ vote: [UInt8]
      ) throws -> [UInt8]?
  ) {
    self.overhead = overhead
    self.publicKey = publicKey
    self.open = open
  }
}
