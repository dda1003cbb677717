/// One way to hurt a server: what it is called, and what it does to it, on a thread of its own.
struct Attack: Sendable {
  var name: String
  /// The attacker keeps its connections: the server has to get rid of them by itself.
  var holdsOn: Bool
  /// Returns when the attack is at its height. Throws if it could not take place at all.
  var run: @Sendable (Attacker) throws -> Void

  init(_ name: String, holdsOn: Bool = false, _ run: @escaping @Sendable (Attacker) throws -> Void) {
    self.name = name
    self.holdsOn = holdsOn
    self.run = run
  }

  static let all = handshakes + floods + records + frames + streams + calls + ballots + readers + sockets
}

/// What attacks attack with. Its sockets stay open, and its floods go on, until it is let go.
struct Attacker: Sendable {
  struct DidNotTakePlace: Error {
    var why: String
  }

  /// Of the server.
  let port: Int
  let pid: Int32
  /// PATH of PATH.pem and PATH.key.
  let kiosk: String
  let official: String
  let admin: String
  let expired: String
  /// Of an authority that nobody trusts.
  let stranger: String

  private let held = Shared<[RawSocket]>([])
  let floods = Floods()

  init(port: Int, pid: Int32, kiosk: String, official: String, admin: String, expired: String, stranger: String) {
    (self.port, self.pid) = (port, pid)
    (self.kiosk, self.official, self.admin) = (kiosk, official, admin)
    (self.expired, self.stranger) = (expired, stranger)
  }

  func letGo() {
    floods.end()
    held.update { $0 = [] }
  }

  /// From another address than honest callers.
  func connect(host: Int = 2, receiveBuffer: Int32? = nil) throws -> RawSocket {
    let socket = try RawSocket(port: port, from: "127.0.0.\(host)", receiveBuffer: receiveBuffer)
    held.update { $0.append(socket) }
    return socket
  }

  /// So many, as far as the server takes them; one at least.
  func connections(_ count: Int, host: Int = 2, _ body: (RawSocket) -> Void = { _ in }) throws {
    for _ in 0..<count { body(try connect(host: host)) }
  }

  func tls(_ options: RawTLS.Options, host: Int = 2, receiveBuffer: Int32? = nil) throws -> RawTLS {
    try RawTLS(connect(host: host, receiveBuffer: receiveBuffer), options)
  }

  /// With the handshake done; nil: refused.
  func tryToLogIn(
    as identity: String?, protocols: [String] = ["ttrpc-ext/1"], host: Int = 2, receiveBuffer: Int32? = nil
  ) throws -> RawTLS? {
    let tls = try tls(
      RawTLS.Options(identity: identity, protocols: protocols), host: host, receiveBuffer: receiveBuffer)
    return tls.shakeHands() ? tls : nil
  }

  func logIn(
    as identity: String?, protocols: [String] = ["ttrpc-ext/1"], host: Int = 2, receiveBuffer: Int32? = nil
  ) throws -> RawTLS {
    guard let tls = try tryToLogIn(as: identity, protocols: protocols, host: host, receiveBuffer: receiveBuffer) else {
      throw DidNotTakePlace(why: "no handshake as \(identity ?? "nobody")")
    }
    return tls
  }
}
