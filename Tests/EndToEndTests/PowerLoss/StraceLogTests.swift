import Foundation
import Testing

/// Lines as strace 6.1 writes them, and what they mean.
@Suite struct StraceLogTests {
  /// As -xx writes strings and paths.
  private static func hexadecimal(_ text: String) -> String {
    text.utf8.map { #"\x"# + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// `«…»` stands for hexadecimal.
  private static func events(_ lines: [String]) throws -> [DiskEvent] {
    let log = lines.map { line in
      var text = ""
      for (index, piece) in line.split(separator: "«", omittingEmptySubsequences: false).enumerated() {
        let parts = piece.split(separator: "»", maxSplits: 1, omittingEmptySubsequences: false)
        text += index == 0 ? String(piece) : hexadecimal(String(parts[0])) + (parts.count > 1 ? parts[1] : "")
      }
      return text
    }
    return try StraceLog.events(Array((log.joined(separator: "\n") + "\n").utf8), root: "/d")
  }

  static let rows: [(line: String, events: [DiskEvent])] = [
    (#"7 mkdir("«/d/a»", 0700) = 0"#, [.makeDirectory("a")]),
    (#"7 mkdir("«/d/a»", 0700) = -1 EEXIST (File exists)"#, []),
    (#"7 mkdir("«/e/a»", 0700) = 0"#, []),
    (#"7 mkdir("«/data»", 0700) = 0"#, []),
    (#"7 openat(AT_FDCWD<«/»>, "«/d/f»", O_RDWR|O_CREAT|O_CLOEXEC, 0600) = 5<«/d/f»>"#, [.create("f")]),
    (
      #"7 openat(AT_FDCWD<«/»>, "«/d/f»", O_WRONLY|O_CREAT|O_TRUNC, 0600) = 5<«/d/f»>"#,
      [.create("f"), .truncate("f", to: 0)]
    ),
    (#"7 openat(AT_FDCWD<«/»>, "«/d/f»", O_RDONLY) = 5<«/d/f»>"#, []),
    (#"7 pwrite64(5<«/d/f»>, "«abc»", 3, 4096) = 3"#, [.write("f", at: 4096, Array("abc".utf8))]),
    (#"7 pwrite64(5<«/d/f»>, "«abc»", 3, 4096) = 2"#, [.write("f", at: 4096, Array("ab".utf8))]),
    (#"7 pwrite64(5<«/d/f»>, "«abc»", 3, 4096) = -1 ENOSPC (No space left on device)"#, []),
    (#"7 pwrite64(5<«/d/f-shm»>, "«a»", 1, 4095) = 1"#, []),
    (#"7 pwrite64(5<«/d/f»>(deleted), "«a»", 1, 0) = 1"#, []),
    (#"7 ftruncate(5<«/d/f»>, 131072) = 0"#, [.truncate("f", to: 131_072)]),
    (#"7 fdatasync(5<«/d/f»>)            = 0"#, [.sync("f")]),
    (#"7 fsync(5<«/d»>) = 0"#, [.sync("")]),
    (#"7 fsync(5<«/d»>) = -1 EIO (Input/output error)"#, []),
    (#"7 rename("«/d/f»", "«/d/g»") = 0"#, [.rename("f", to: "g")]),
    (#"7 link("«/d/f»", "«/d/g»") = 0"#, [.link("f", as: "g")]),
    (#"7 unlink("«/d/f»") = 0"#, [.remove("f")]),
    (#"7 unlink("«/d/f-shm»") = 0"#, []),
    (#"7 lseek(5<«/e/zone»>, -60, SEEK_CUR) = 54"#, []),
    (#"7 write(1<«/out»>, "«kept 1»", 6) = 6"#, [.said(Array("kept 1".utf8))]),
    (#"7 write(18<«socket:[9]»>, "«…»", 102) = 102"#, [.sent(socket: "socket:[9]", bytes: 102)]),
    (#"7 writev(18<«socket:[9]»>, [{iov_base="«a»", iov_len=1}], 1) = 1"#, [.sent(socket: "socket:[9]", bytes: 1)]),
    (#"7 read(18<«socket:[9]»>, "«…»", 2048) = 225"#, [.received(socket: "socket:[9]")]),
    (#"7 read(18<«socket:[9]»>, "", 2048) = 0"#, []),
    (#"7 +++ exited with 74 +++"#, [.ended(74)]),
    (#"7 --- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=1, si_uid=0} ---"#, []),
  ]

  @Test(arguments: rows) func line(_ line: String, means events: [DiskEvent]) throws {
    #expect(try Self.events([line]) == events)
  }

  @Test func plainWritesFollowEachOther() throws {
    let opened = #"7 openat(AT_FDCWD<«/»>, "«/d/f»", O_WRONLY|O_CREAT, 0600) = 5<«/d/f»>"#
    let written = #"7 write(5<«/d/f»>, "«abc»", 3) = 3"#
    let bytes = Array("abc".utf8)
    #expect(
      try Self.events([opened, written, written, opened, written]) == [
        .create("f"), .write("f", at: 0, bytes), .write("f", at: 3, bytes), .create("f"), .write("f", at: 0, bytes),
      ])
  }

  /// A sync covers what was written before it began; an answer is out as soon as its write begins; other calls have
  /// happened when they return.
  @Test func callsThatOthersInterrupt() throws {
    #expect(
      try Self.events([
        #"7 fdatasync(5<«/d/f»> <unfinished ...>"#,
        #"8 pwrite64(6<«/d/f»>, "«a»", 1, 0) = 1"#,
        #"7 <... fdatasync resumed>)          = 0"#,
        #"7 write(18<«socket:[9]»>, "«ab»", 2 <unfinished ...>"#,
        #"8 pwrite64(6<«/d/f»>, "«a»", 1, 1 <unfinished ...>"#,
        #"7 <... write resumed>)              = 2"#,
        #"9 +++ exited with 1 +++"#,
        #"8 <... pwrite64 resumed>)           = 1"#,
      ]) == [
        .syncBegins("f"), .write("f", at: 0, [97]), .sync("f"), .sent(socket: "socket:[9]", bytes: 2),
        .write("f", at: 1, [97]),
      ])
  }

  static let unmodelled = [
    #"7 fallocate(5<«/d/f»>, 0, 0, 4096) = 0"#,
    #"7 pwritev(5<«/d/f»>, [{iov_base="«a»", iov_len=1}], 1, 0) = 1"#,
    #"7 writev(5<«/d/f»>, [{iov_base="«a»", iov_len=1}], 1) = 1"#,
    #"7 renameat2(AT_FDCWD<«/»>, "«/d/f»", AT_FDCWD<«/»>, "«/d/g»", RENAME_NOREPLACE) = 0"#,
    #"7 rename("«/e/f»", "«/d/g»") = 0"#,
    #"7 lseek(5<«/d/f»>, 0, SEEK_END) = 54"#,
    #"7 openat(AT_FDCWD<«/»>, "«/d/f»", O_WRONLY|O_APPEND, 0600) = 5<«/d/f»>"#,
    #"7 pwrite64(5<«/d/f»>, "«abc»"..., 9, 0) = 9"#,
    #"7 pwrite64(5<«/d/f»>, "abcd", 4, 0) = 4"#,
    #"7 <... pwrite64 resumed>)           = 1"#,
  ]

  /// What would be rebuilt wrongly is not passed over.
  @Test(arguments: unmodelled) func isNotUnderstood(_ line: String) {
    #expect(throws: StraceLog.NotUnderstood.self) { try Self.events([line]) }
  }

  // MARK: - Answers

  private static func sent(_ bytes: Int, _ socket: String = "a") -> DiskEvent { .sent(socket: socket, bytes: bytes) }
  private static let received = DiskEvent.received(socket: "a")

  @Test func answersAreTheLastWrites() throws {
    let events: [DiskEvent] = [
      Self.received, Self.sent(1356), Self.received, Self.sent(479), Self.received, .sync("f"), Self.sent(102),
      Self.sent(32), Self.received, .sync("f"), Self.sent(102), Self.received, Self.sent(24),
    ]
    let found = try Answers.place([[["1".data], ["2".data, "3".data]]], in: events)
    #expect(found == [6: ["1".data], 10: ["2".data, "3".data]])
    #expect(throws: StraceLog.NotUnderstood.self) { try Answers.place([[["1".data]]], in: events) }
    #expect(throws: StraceLog.NotUnderstood.self) { try Answers.place([[], []], in: events) }
  }

  @Test func twoWritesForACallAreNotTakenForTwoAnswers() {
    let events: [DiskEvent] = [
      Self.received, Self.sent(1356), Self.received, Self.sent(479), Self.received, Self.sent(102), Self.sent(102),
    ]
    #expect(throws: StraceLog.NotUnderstood.self) { try Answers.place([[["1".data], ["2".data]]], in: events) }
  }
}

extension String {
  fileprivate var data: Data { Data(utf8) }
}
