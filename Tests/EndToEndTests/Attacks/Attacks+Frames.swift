extension Attack {
  private static let health = "grpc.health.v1.Health"
  private static let service = "binhchon.v1.BallotService"

  /// A call that runs until its connection ends.
  private static let watch = RawBytes.request(
    1, health, "Watch", flags: 1)
  /// A stream whose input is open.
  private static let casting = RawBytes.request(1, service, "CastBallots", flags: 2)
  private static let unknown = RawBytes.request(1, "none", "None")

  private static func sends(
    _ name: String, protocols: [String] = ["ttrpc-ext/1"], _ bytes: @escaping @Sendable () -> [UInt8]
  ) -> Attack {
    Attack(name) { attacker in
      let tls = try attacker.logIn(as: attacker.kiosk, protocols: protocols)
      // It may be closed on the way.
      tls.send(bytes())
      tls.receive()
    }
  }

  /// Odd input (wire.md, "Limits and odd input"), and worse.
  static let frames: [Attack] = [
    sends("a frame one byte too long") { RawBytes.frame(1, type: 1, [UInt8](repeating: 0, count: 4_194_305)) },
    sends("a frame of 4 GiB") { RawBytes.frame(1, type: 1, [UInt8](repeating: 0, count: 1 << 20), length: .max) },
    sends("a negative length") { RawBytes.frame(1, type: 1, length: 0x8000_0000) },
    sends("data one byte too long") { casting + RawBytes.data(1, [UInt8](repeating: 0, count: 4_194_305)) },
    sends("a hundred oversized frames") {
      RawBytes.ids(100) { RawBytes.frame($0, type: 1, length: 4_194_305) + [UInt8](repeating: 0, count: 64) }
    },
    sends("requests of length 0") { RawBytes.ids(5_000) { RawBytes.frame($0, type: 1) } },
    sends("empty frames of no type") { RawBytes.frame(0, type: 0).times(20_000) },
    sends("bodies that are no protobuf") {
      RawBytes.ids(2_000) { RawBytes.frame($0, type: 1, [0xff, 0xff, 0xff]) }
    },
    sends("groups in groups") { RawBytes.frame(1, type: 1, [UInt8](repeating: 0x0b, count: 1 << 20)) },
    sends("tags longer than there are") { RawBytes.frame(1, type: 1, [UInt8](repeating: 0x80, count: 1 << 20)) },
    sends("unknown types") {
      var bytes: [UInt8] = []
      for type in UInt8(4)...255 {
        for id in UInt32(0)...2 { bytes += RawBytes.frame(id, type: type, [1]) }
      }
      return bytes.times(20)
    },
    sends("unknown flags") {
      RawBytes.ids(1_000) { RawBytes.request($0, "none", "None", flags: UInt8(truncatingIfNeeded: $0 >> 1)) }
    },
    sends("a Response from a client") { RawBytes.ids(5_000) { RawBytes.frame($0, type: 2, [8, 1]) } },
    sends("extension frames that were not agreed on", protocols: ["ttrpc"]) {
      var bytes: [UInt8] = []
      for type in UInt8(0x80)...0x84 { bytes += RawBytes.frame(0, type: type, [UInt8](repeating: 0, count: 8)) }
      return bytes.times(1_000)
    },
    sends("credit and metadata frames") {
      let credit = RawBytes.frame(1, type: 0x83, [0xff, 0xff, 0xff, 0xff])
      let metadata = RawBytes.frame(1, type: 0x84, [0xff, 0xff, 0xff, 0xff])
      return watch + (credit + metadata).times(2_000)
    },
    sends("GOAWAY from a client") { RawBytes.frame(0, type: 0x82, [0xff, 0xff, 0xff, 0xff]).times(5_000) },
    sends("PINGs of a wrong length") { RawBytes.frame(0, type: 0x80, [1]).times(5_000) },
    sends("the end in a header") { Array(RawBytes.frame(1, type: 1).prefix(5)) },
    Attack("the end in a body") { attacker in
      for _ in 0..<20 {
        let tls = try attacker.logIn(as: attacker.kiosk)
        tls.send(RawBytes.frame(1, type: 1, [1, 2, 3], length: 1_000))
        tls.socket.endOutput()
      }
    },
    Attack("a frame byte by byte on many connections") { attacker in
      let connections = try (0..<20).map { _ in try attacker.logIn(as: attacker.kiosk) }
      for byte in unknown { for connection in connections { connection.send([byte]) } }
    },
    Attack("4 MiB announced, nothing follows") { attacker in
      for _ in 0..<30 { try attacker.logIn(as: attacker.kiosk).send(RawBytes.frame(1, type: 1, length: 4 << 20)) }
    },
    Attack("all of 4 MiB but the last byte, on many connections") { attacker in
      let frame = RawBytes.frame(1, type: 1, [UInt8](repeating: 0, count: 4 << 20 - 1), length: 4 << 20)
      for _ in 0..<12 { try attacker.logIn(as: attacker.kiosk).send(frame) }
    },
  ]

  /// Streams and their ids.
  static let streams: [Attack] = [
    sends("id 0") { RawBytes.request(0, "none", "None").times(2_000) + RawBytes.data(0, [1]).times(2_000) },
    sends("even ids") { RawBytes.ids(2_000) { RawBytes.request($0 + 1, "none", "None") } },
    sends("one id again and again") { unknown.times(5_000) },
    sends("a running call's id again") { watch.times(2_000) },
    sends("ids that go backwards") {
      RawBytes.ids(3_000) { RawBytes.request(9_001 - $0, "none", "None") }
    },
    sends("the last ids there are") {
      let last = RawBytes.ids(1_000) { RawBytes.request(.max - $0 + 1, "none", "None") }
      return last + RawBytes.request(0x7fff_ffff, "none", "None") + unknown
    },
    sends("data for no stream") { RawBytes.ids(5_000) { RawBytes.data($0, [1]) } },
    sends("closed before opened") { RawBytes.data(1, flags: 5) + casting + casting },
    sends("data after the end") { casting + RawBytes.data(1, flags: 5) + RawBytes.data(1, [1]).times(2_000) },
    sends("an end with a body") { casting + RawBytes.data(1, flags: 1, [0xff]).times(1_000) },
    sends("data for a unary call") {
      RawBytes.request(1, health, "Check") + RawBytes.data(1, [1]).times(2_000)
    },
    sends("data for a watch") { watch + RawBytes.data(1, [1]).times(2_000) },
    sends("twenty thousand calls, one after the other") {
      RawBytes.ids(20_000) { RawBytes.request($0, "none", "None") }
    },
    sends("watches begun and cancelled") {
      RawBytes.ids(4_000) {
        RawBytes.request($0, health, "Watch", flags: 1) + RawBytes.frame($0, type: 0x81)
      }
    },
    sends("castings begun and cancelled") {
      RawBytes.ids(4_000) {
        RawBytes.request($0, service, "CastBallots", flags: 2) + RawBytes.frame($0, type: 0x81)
      }
    },
    sends("cancels of nothing") { RawBytes.ids(10_000) { RawBytes.frame($0, type: 0x81) } },
    Attack("calls begun and the connection reset") { attacker in
      for _ in 0..<30 {
        let tls = try attacker.logIn(as: attacker.kiosk)
        tls.send(watch)
        tls.send(RawBytes.ids(200) { RawBytes.request($0 + 2, service, "CastBallots", flags: 2) })
        tls.socket.resetAtClose()
      }
      attacker.letGo()
    },
    Attack("half-closed with calls running") { attacker in
      for _ in 0..<20 {
        let tls = try attacker.logIn(as: attacker.kiosk)
        tls.send(watch)
        tls.socket.endOutput()
      }
    },
    sends("timeouts beyond all clocks") {
      let timeouts: [Int64] = [-1, .min, .max, 1, .max - 1, 0]
      return RawBytes.ids(6) {
        RawBytes.request($0, health, "Watch", flags: 1, timeout: timeouts[Int($0) / 2])
      }
    },
    sends("a hundred thousand metadata entries") {
      RawBytes.request(
        1, health, "Check",
        metadata: RawBytes.field(5, RawBytes.field(1, [97]) + RawBytes.field(2, [98])).times(100_000))
    },
    sends("a metadata entry of 3 MiB") {
      RawBytes.request(
        1, health, "Check",
        metadata: RawBytes.field(5, RawBytes.field(1, [UInt8](repeating: 97, count: 3 << 20))))
    },
  ]
}
