import NIOCore

/// Whom limits take for one: an IPv4 address, or the 64 bits of an IPv6 address that a network is given as a whole.
enum NetworkAddress: Hashable {
  case ipv4(UInt32)
  case ipv6(network: UInt64)
  /// All that are neither are one.
  case other

  init(_ address: SocketAddress?) {
    switch address {
    case .v4(let address): self = .ipv4(UInt32(bigEndian: address.address.sin_addr.s_addr))
    case .v6(let address): self.init(withUnsafeBytes(of: address.address.sin6_addr) { Array($0) })
    case .unixDomainSocket, nil: self = .other
    }
  }

  private init(_ bytes: [UInt8]) {
    // ::ffff:a.b.c.d is IPv4 on a socket for both.
    if bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]) {
      self = .ipv4(bytes.suffix(4).reduce(0) { $0 << 8 | UInt32($1) })
    } else {
      self = .ipv6(network: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    }
  }
}
