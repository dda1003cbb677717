/// Who is at the other end of a connection, as far as the layer below proved it.
public struct Peer: Hashable, Sendable {
  /// The URI of the peer's certificate; nil: it showed none.
  public var identity: String?
  /// Issuer and serial number of the certificate, for logs; empty without one.
  public var certificate: String
  /// Network address: may be a person's, so only debug logs have it.
  public var address: String

  public init(identity: String?, certificate: String, address: String) {
    self.identity = identity
    self.certificate = certificate
    self.address = address
  }
}

/// What both ends agreed to speak.
public enum ProtocolLevel: Hashable, Sendable, CaseIterable {
  /// ttrpc 1.2 and nothing else: ALPN `ttrpc`, or none.
  case plain
  /// Also PING, CANCEL and GOAWAY: ALPN `ttrpc-ext/1`.
  case extended
}
