import Foundation
import Schema

extension Attack {
  private static func watch(_ id: UInt32) throws -> [UInt8] {
    var request = Binhchon_V1_WatchTallyRequest()
    request.poll = Ballots.poll
    return RawBytes.request(id, TallyMethods.service, "WatchTally", Array(try request.serializedData()), flags: 1)
  }

  private static func tallies(_ count: UInt32) throws -> [UInt8] {
    var request = Binhchon_V1_GetTallyRequest()
    request.poll = Ballots.poll
    let payload = Array(try request.serializedData())
    return RawBytes.ids(count) { RawBytes.request($0, TallyMethods.service, "GetTally", payload) }
  }

  /// Who asks for much and reads little.
  static let readers: [Attack] = [
    Attack("answers that nobody reads") { attacker in
      for _ in 0..<4 {
        let tls = try attacker.logIn(as: attacker.official, receiveBuffer: 2_048)
        tls.send(try tallies(300))
      }
    },
    Attack("large answers that nobody reads") { attacker in
      for _ in 0..<8 {
        let tls = try attacker.logIn(as: attacker.official, receiveBuffer: 2_048)
        tls.send(RawBytes.ids(24) { RawBytes.request($0, TallyMethods.service, "ListPolls") })
      }
      try attacker.waitUntilMemoryRests()
    },
    Attack("large answers, read byte by byte") { attacker in
      let tls = try attacker.logIn(as: attacker.official, receiveBuffer: 2_048)
      tls.send(RawBytes.ids(24) { RawBytes.request($0, TallyMethods.service, "ListPolls") })
      for _ in 0..<500 { tls.socket.receive(1) }
    },
    Attack("PINGs whose echoes nobody reads") { attacker in
      let tls = try attacker.logIn(as: attacker.kiosk, receiveBuffer: 2_048)
      let pings = RawBytes.frame(0, type: 0x80, [UInt8](repeating: 7, count: 8)).times(1_000)
      for _ in 0..<60 where !tls.send(pings) { break }
    },
    Attack("errors that nobody reads") { attacker in
      let tls = try attacker.logIn(as: attacker.kiosk, receiveBuffer: 2_048)
      for round in 0..<UInt32(20) {
        guard tls.send(RawBytes.ids(500) { RawBytes.request(round * 1_000 + $0, "none", "None") }) else { break }
      }
    },
    Attack("as many watches as one connection may have, unread") { attacker in
      let tls = try attacker.logIn(as: attacker.official, receiveBuffer: 2_048)
      tls.send(try RawBytes.ids(400, watch))
    },
    Attack("thousands of watches of one caller, unread") { attacker in
      for _ in 0..<12 {
        let tls = try attacker.logIn(as: attacker.official, receiveBuffer: 2_048)
        tls.send(try RawBytes.ids(200, watch))
      }
    },
  ]

  /// TCP, and what the process has of the system.
  static let sockets: [Attack] = [
    Attack("connections that reset") { attacker in
      for _ in 0..<400 { try RawSocket(port: attacker.port, from: "127.0.0.2").resetAtClose() }
    },
    Attack("connections that close at once") { attacker in
      for _ in 0..<400 { _ = try RawSocket(port: attacker.port, from: "127.0.0.2") }
    },
    Attack("half-closed before the first byte", holdsOn: true) { attacker in
      try attacker.connections(60) { $0.endOutput() }
    },
    Attack("half-closed after the handshake") { attacker in
      for _ in 0..<20 { try attacker.logIn(as: attacker.kiosk).socket.endOutput() }
    },
    Attack("reset in the middle of a record") { attacker in
      for _ in 0..<20 {
        let socket = try RawSocket(port: attacker.port, from: "127.0.0.2")
        _ = try RawTLS(socket, RawTLS.Options(identity: attacker.kiosk)).shakeHands()
        socket.send([23, 3, 3, 0x40, 0, 1, 2, 3])
        socket.resetAtClose()
      }
    },
    Attack("no open files left") { attacker in
      try attacker.withFewFiles { try attacker.connections(40) }
    },
    Attack("no open files left, and the flood goes on") { attacker in
      try attacker.withFewFiles {
        for host in 2..<12 { try attacker.connections(10, host: host) }
        for _ in 0..<200 { _ = try RawSocket(port: attacker.port, from: "127.0.0.20") }
      }
    },
  ]
}

extension Attacker {
  /// The server takes its time to answer; at most five seconds of it.
  fileprivate func waitUntilMemoryRests() throws {
    var most = 0
    var rounds = 0
    for _ in 0..<50 where rounds < 5 {
      let resident = try ServerHealth(of: pid).resident
      rounds = resident > most + (1 << 20) ? 0 : rounds + 1
      most = max(most, resident)
      // Nobody tells how much memory another process has: it is looked at again.
      usleep(100_000)
    }
  }

  /// While `body` runs the server may open five files more, whatever it is configured for.
  fileprivate func withFewFiles(_ body: () throws -> Void) throws {
    let before = try limit(on: pid)
    // The limit is of numbers, not of how many are open.
    try limit(pid, to: try ServerHealth.highestDescriptor(of: pid) + 6)
    defer { try? limit(pid, to: before) }
    try body()
  }

  /// The soft limit (proc(5), limits).
  private func limit(on pid: Int32) throws -> Int {
    let text = try String(contentsOfFile: "/proc/\(pid)/limits", encoding: .utf8)
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Max open files") }),
      let soft = line.split(separator: " ").dropFirst(3).first.flatMap({ Int($0) })
    else { throw DidNotTakePlace(why: "no limit to be had") }
    return soft
  }

  private func limit(_ pid: Int32, to soft: Int) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/prlimit")
    process.arguments = ["--pid", "\(pid)", "--nofile=\(soft):"]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw DidNotTakePlace(why: "no limit to be set") }
  }
}
