import Dispatch
import Foundation

/// What goes on attacking while an honest kiosk comes back.
final class Floods: Sendable {
  private let isOver = Shared(false)
  private let running = DispatchGroup()

  /// Silent connections of these addresses, `count` of each, one after the other given up for a new one, about a
  /// thousand a second.
  ///
  /// Returns once all are there. Throws if none could be made.
  func renew(_ count: Int, of hosts: Range<Int>, port: Int) throws {
    let hosts = (0..<count).flatMap { _ in Array(hosts) }
    let first = try hosts.map { try RawSocket(port: port, from: "127.0.0.\($0)") }
    let (isOver, running) = (isOver, running)
    running.enter()
    Thread.detachNewThread {
      defer { running.leave() }
      var sockets: [RawSocket?] = first
      while !isOver.value {
        for (place, host) in hosts.enumerated() where !isOver.value {
          sockets[place] = try? RawSocket(port: port, from: "127.0.0.\(host)")
          // Waits for nothing: it is how fast the flood comes.
          usleep(1_000)
        }
      }
    }
  }

  /// Returns when all have ended.
  func end() {
    isOver.update { $0 = true }
    running.wait()
  }
}

extension Attack {
  /// Places that are renewed before they are old enough to give way.
  static let floods: [Attack] = [
    Attack("silent connections of twenty addresses, renewed without end") {
      try $0.floods.renew(16, of: 10..<30, port: $0.port)
    },
    Attack("silent connections of the honest address, renewed without end") {
      try $0.floods.renew(96, of: 1..<2, port: $0.port)
    },
  ]
}
