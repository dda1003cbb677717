import Foundation

/// What was promised with an event.
enum Promise: Equatable, Sendable {
  /// `init` said that the directory is made.
  case made
  /// An answer for these ballots was sent.
  case ballots([Data])
  case backedUp
  case restored
  /// The kiosk thanked for its n-th tap.
  case tap(UInt64)
}

/// The log of real programs that worked in one directory, one after the other, from its beginning as an empty one.
struct Recording: Sendable {
  enum Place: String, CaseIterable, Sendable {
    case server, kiosk
  }

  /// One program's run, in the order of the names.
  enum Step: String, CaseIterable {
    case create = "0-init"
    case load = "1-serve"
    case more = "2-serve"
    case backup = "3-backup"
    case again = "4-serve"
    case restore = "5-restore"
    case taps = "6-kiosk"
    case moreTaps = "7-kiosk"
  }

  /// What clients cast, in a file beside the log: by client and call, in the order in which they first spoke.
  typealias Calls = [[[Data]]]

  var place: Place
  var events: [DiskEvent]
  /// What the program promised with the event of the same number.
  var promises: [Int: [Promise]]
  /// What the backup holds.
  var backedUp: Int = 0

  /// Reads what a ``Recorder`` kept.
  init(_ place: Place, from logs: RecordedLogs) throws {
    self.place = place
    events = []
    promises = [:]
    let root = String(decoding: logs[place, "root"] ?? Data(), as: UTF8.self)
    for step in Step.allCases {
      guard let log = logs[place, "\(step.rawValue).log"] else { continue }
      let new = try StraceLog.events(Array(log), root: root)
      switch step {
      case .create: try promise(.made, with: "Made ", in: new)
      case .backup:
        backedUp = promises.values.joined().reduce(0) { if case .ballots(let ids) = $1 { $0 + ids.count } else { $0 } }
        try promise(.backedUp, with: "backup: ok", in: new)
      case .restore: try promise(.restored, with: "restore: ok", in: new)
      case .load, .more, .again:
        let calls = try JSONDecoder().decode(Calls.self, from: logs[place, "\(step.rawValue).calls"] ?? Data())
        for (event, ids) in try Answers.place(calls, in: new) {
          promises[events.count + event, default: []].append(.ballots(ids))
        }
      case .taps, .moreTaps: promiseTaps(in: new)
      }
      events += new
    }
  }

  private mutating func promise(_ promise: Promise, with words: String, in new: [DiskEvent]) throws {
    let said = new.firstIndex {
      if case .said(let bytes) = $0 { String(decoding: bytes, as: UTF8.self).contains(words) } else { false }
    }
    guard let said else { throw StraceLog.NotUnderstood(description: "nobody said “\(words)”") }
    promises[events.count + said, default: []].append(promise)
  }

  /// `kept 1`, a line for each tap.
  private mutating func promiseTaps(in new: [DiskEvent]) {
    for (index, event) in new.enumerated() {
      guard case .said(let bytes) = event else { continue }
      for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.hasPrefix("kept ") {
        if let number = UInt64(line.dropFirst(5)) { promises[events.count + index, default: []].append(.tap(number)) }
      }
    }
  }
}

/// Which of a server's writes to its sockets, all of them encrypted, are the answers to which calls.
enum Answers {
  /// Shorter ones are pings and the end of a connection.
  private static let fewestBytes = 41

  /// Each client makes one call after the other on a connection of its own, so that its answers are the last so many
  /// writes, and between two of them something came in.
  ///
  /// - Parameter calls: by client in the order of their first answers.
  /// - Returns: the ids that were answered for with an event.
  static func place(_ calls: Recording.Calls, in events: [DiskEvent]) throws -> [Int: [Data]] {
    var sockets: [String] = []
    var writes: [String: [Int]] = [:]
    var received: [String: [Int]] = [:]
    for (index, event) in events.enumerated() {
      switch event {
      case .sent(let socket, let bytes) where bytes >= fewestBytes:
        if writes[socket] == nil { sockets.append(socket) }
        writes[socket, default: []].append(index)
      case .received(let socket): received[socket, default: []].append(index)
      default: continue
      }
    }
    // Others, of the system's name service, for instance, receive nothing of ours.
    sockets = sockets.filter { received[$0] != nil && (writes[$0]?.count ?? 0) > 2 }
    guard sockets.count == calls.count else {
      throw StraceLog.NotUnderstood(description: "\(sockets.count) connections for \(calls.count) clients")
    }
    var answers: [Int: [Data]] = [:]
    for (socket, calls) in zip(sockets, calls) {
      let writes = writes[socket] ?? []
      // Two flights of the handshake.
      guard writes.count == calls.count + 2 else {
        throw StraceLog.NotUnderstood(description: "\(writes.count) writes on \(socket) for \(calls.count) calls")
      }
      // The first call may come with the end of the handshake, before its second flight.
      var before = writes[0]
      for (event, ids) in zip(writes.dropFirst(2), calls) {
        guard received[socket]?.contains(where: { (before..<event).contains($0) }) ?? false else {
          throw StraceLog.NotUnderstood(description: "two writes for one call on \(socket)")
        }
        answers[event, default: []] += ids
        before = event
      }
    }
    return answers
  }
}
