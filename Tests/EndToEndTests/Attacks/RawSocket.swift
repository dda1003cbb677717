import Glibc

/// A TCP connection to a server on this machine, as low as an attacker likes it. Blocking, never for ever.
final class RawSocket: Sendable {
  struct Failed: Error {
    var what: String
    var reason: Int32
  }

  let descriptor: Int32

  /// - Parameters:
  ///   - source: one of 127.0.0.0/8, to be another address than the next attacker.
  ///   - receiveBuffer: bytes; small ones close the window soon.
  init(port: Int, from source: String, receiveBuffer: Int32? = nil) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Failed(what: "socket", reason: errno) }
    if var receiveBuffer {
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
    }
    wait(at: SO_RCVTIMEO, milliseconds: 5_000)
    wait(at: SO_SNDTIMEO, milliseconds: 1_000)
    var yes: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    try call("bind", source, 0, Glibc.bind)
    try call("connect", "127.0.0.1", UInt16(port), Glibc.connect)
  }

  deinit { Glibc.close(descriptor) }

  private func call(
    _ what: String, _ host: String, _ port: UInt16,
    _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) throws {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    inet_pton(AF_INET, host, &address.sin_addr)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if result != 0 { throw Failed(what: what, reason: errno) }
  }

  /// From now on what does not come soon is not waited for.
  func expectLittle() { wait(at: SO_RCVTIMEO, milliseconds: 50) }

  private func wait(at option: Int32, milliseconds: Int) {
    var time = timeval(tv_sec: milliseconds / 1_000, tv_usec: suseconds_t(milliseconds % 1_000 * 1_000))
    setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
  }

  /// False: the server has closed, or takes no more for a second.
  @discardableResult func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { memory in
        Glibc.send(
          descriptor, memory.baseAddress?.advanced(by: sent), bytes.count - sent,
          Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return false }
      sent += count
    }
    return true
  }

  /// What comes next; empty: nothing came, or the end.
  @discardableResult func receive(_ most: Int = 16_384) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: most) { memory, count in
      count = max(0, recv(descriptor, memory.baseAddress, most, 0))
    }
  }

  /// FIN; what comes can still be read.
  func endOutput() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Closing will be a reset.
  func resetAtClose() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
  }
}
