import COpenSSL

extension Attack {
  /// Before anybody knows who they are: connections and handshakes.
  static let handshakes: [Attack] = [
    Attack("silent connections of one address", holdsOn: true) { try $0.connections(200) },
    Attack("silent connections of many addresses", holdsOn: true) { attacker in
      for host in 10..<30 { try attacker.connections(10, host: host) }
    },
    Attack("half a ClientHello, then silence", holdsOn: true) { attacker in
      let hello = try RawTLS.clientHello()
      try attacker.connections(60) { $0.send(Array(hello.prefix(hello.count / 2))) }
    },
    Attack("a ClientHello byte by byte") { attacker in
      let hello = try RawTLS.clientHello()
      let socket = try attacker.connect()
      for byte in hello { socket.send([byte]) }
    },
    Attack("a ClientHello in records of one byte") { attacker in
      let hello = try RawTLS.clientHello().dropFirst(5)
      try attacker.connections(10) { $0.send(hello.flatMap { RawBytes.record(22, [$0]) }) }
    },
    Attack("a ClientHello, and no more is read", holdsOn: true) { attacker in
      let hello = try RawTLS.clientHello()
      for _ in 0..<40 { try attacker.connect(receiveBuffer: 256).send(hello) }
    },
    Attack("gone after the ServerHello") { attacker in
      let hello = try RawTLS.clientHello()
      for _ in 0..<40 {
        let socket = try RawSocket(port: attacker.port, from: "127.0.0.2")
        socket.send(hello)
        socket.receive(1)
        socket.resetAtClose()
      }
    },
    Attack("two ClientHellos") { attacker in
      let hello = try RawTLS.clientHello()
      try attacker.connections(20) { $0.send(hello + hello) }
    },
    Attack("early data that nobody allowed") { attacker in
      let hello = try RawTLS.clientHello()
      let early = RawBytes.record(23, [UInt8](repeating: 0x5a, count: 16_000)).times(20)
      try attacker.connections(10) { $0.send(hello + early) }
    },
    Attack("garbage") { attacker in
      try attacker.connections(40) { $0.send((0..<2_000).map { _ in .random(in: 0...255) }) }
    },
    Attack("another protocol") { attacker in
      try attacker.connections(20) { $0.send(Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)) }
    },
    Attack("ttrpc in the clear") { attacker in
      let call = RawBytes.request(1, "binhchon.v1.BallotService", "CastBallot")
      try attacker.connections(20) { $0.send(call.times(100)) }
    },
    Attack("an SSL 2 hello") { attacker in
      try attacker.connections(20) { $0.send([0x80, 0x2e, 1, 0, 2] + [UInt8](repeating: 0, count: 43)) }
    },
    Attack("TLS 1.0") { try $0.mustBeRefused(version: TLS1_VERSION) },
    Attack("TLS 1.1") { try $0.mustBeRefused(version: TLS1_1_VERSION) },
    Attack("TLS 1.2") { try $0.mustBeRefused(version: TLS1_2_VERSION) },
    Attack("an application protocol we do not speak") { attacker in
      for _ in 0..<20 {
        let tls = try attacker.tls(RawTLS.Options(identity: attacker.kiosk, protocols: ["h2", "http/1.1"]))
        guard !tls.shakeHands() else { throw Attacker.DidNotTakePlace(why: "h2 was accepted") }
      }
    },
    Attack("hundreds of application protocols") { attacker in
      let names = (0..<400).map { "protocol-\($0)" }
      for _ in 0..<10 { _ = try attacker.tls(RawTLS.Options(identity: attacker.kiosk, protocols: names)).shakeHands() }
    },
    Attack("certificates of a stranger") { attacker in
      for _ in 0..<20 { try attacker.mustHearNothing(as: attacker.stranger) }
    },
    Attack("certificates that have expired") { attacker in
      for _ in 0..<20 { try attacker.mustHearNothing(as: attacker.expired) }
    },
    Attack("no certificate, then silence") { attacker in
      for _ in 0..<80 { _ = try attacker.tryToLogIn(as: nil) }
    },
    Attack("one handshake after the other") { attacker in
      for _ in 0..<30 {
        let socket = try RawSocket(port: attacker.port, from: "127.0.0.2")
        _ = try RawTLS(socket, RawTLS.Options(identity: attacker.kiosk)).shakeHands()
      }
    },
    Attack("hundreds of silent connections under one certificate") { attacker in
      for _ in 0..<100 { _ = try attacker.tryToLogIn(as: attacker.kiosk) }
    },
  ]

  /// TLS records that are none, or too many of them.
  static let records: [Attack] = [
    Attack("alerts without end, in the clear") { attacker in
      try attacker.connections(10) { $0.send(RawBytes.record(21, [1, 90]).times(2_000)) }
    },
    Attack("empty records") { attacker in
      try attacker.connections(10) { $0.send(RawBytes.record(22, []).times(5_000)) }
    },
    Attack("ChangeCipherSpec without end") { attacker in
      let hello = try RawTLS.clientHello()
      try attacker.connections(10) { $0.send(hello + RawBytes.record(20, [1]).times(5_000)) }
    },
    Attack("a record longer than there are", holdsOn: true) { attacker in
      try attacker.connections(10) {
        $0.send(RawBytes.record(22, [UInt8](repeating: 1, count: 40_000), length: .max))
      }
    },
    Attack("a ClientHello of 16 MiB") { attacker in
      let first = RawBytes.record(22, [1, 0xff, 0xff, 0xff] + [UInt8](repeating: 3, count: 16_000))
      let more = RawBytes.record(22, [UInt8](repeating: 3, count: 16_384)).times(8)
      try attacker.connections(20) { $0.send(first + more) }
    },
    Attack("KeyUpdate without end, answers unread") { attacker in
      let tls = try attacker.logIn(as: attacker.kiosk, receiveBuffer: 4_096)
      for _ in 0..<5_000 where !tls.updateKeys() { break }
    },
    Attack("a handshake in the clear after the handshake") { attacker in
      let hello = try RawTLS.clientHello()
      for _ in 0..<10 { try attacker.logIn(as: attacker.kiosk).socket.send(hello) }
    },
    Attack("records that do not decrypt") { attacker in
      let wrong = RawBytes.record(23, [UInt8](repeating: 7, count: 1_000))
      for _ in 0..<10 { try attacker.logIn(as: attacker.kiosk).socket.send(wrong) }
    },
    Attack("close_notify, and on it goes") { attacker in
      for _ in 0..<10 {
        let tls = try attacker.logIn(as: attacker.kiosk)
        tls.sayGoodbye()
        tls.socket.send(RawBytes.record(23, [UInt8](repeating: 7, count: 1_000)).times(20))
      }
    },
    Attack("a frame in records of one byte") { attacker in
      let tls = try attacker.logIn(as: attacker.kiosk)
      for byte in RawBytes.request(1, "none", "None", [UInt8](repeating: 0, count: 2_000)) { tls.send([byte]) }
    },
  ]
}

extension Attacker {
  fileprivate func mustBeRefused(version: Int32) throws {
    for _ in 0..<20 {
      guard try !tls(RawTLS.Options(identity: kiosk, version: version)).shakeHands() else {
        throw DidNotTakePlace(why: "an old TLS was accepted")
      }
    }
  }

  /// In TLS 1.3 the refusal comes after the client's handshake.
  fileprivate func mustHearNothing(as identity: String) throws {
    guard let tls = try tryToLogIn(as: identity) else { return }
    tls.send(RawBytes.request(1, "grpc.health.v1.Health", "Check"))
    guard tls.receive().isEmpty else { throw DidNotTakePlace(why: "\(identity) is answered") }
  }
}
