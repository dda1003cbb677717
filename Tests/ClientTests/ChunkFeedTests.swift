import Foundation
import Paper
import Polling
import Testing

@testable import binhchon

@Suite(.timeLimit(.minutes(2))) struct ChunkFeedTests {
  /// A row per sheet.
  static func text(_ rows: Int, count: Int = 5) -> Data {
    let lines = (0..<rows).map { "T-\($0),Quầy 01,14/7/2025,HL,\(count)\n" }
    return Data(("Tờ,Đơn vị,Ngày,Mức,Số phiếu\n" + lines.joined()).utf8)
  }

  static func withFile(_ data: Data, _ work: (String) async throws -> Void) async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "feed-\(UUID()).csv")
    defer { try? FileManager.default.removeItem(at: file) }
    try data.write(to: file)
    try await work(file.path)
  }

  static func feed(_ file: CheckedFile, after come: ChunkFeed.Come = .init()) throws -> ChunkFeed {
    ChunkFeed(
      file, poll: try Polling.Poll(try Samples.poll()), options: PaperCheck.Options(), today: Day(number: 20_500),
      after: come)
  }

  /// Takes what there is.
  static func taken(_ feed: ChunkFeed) async throws -> [ChunkFeed.Chunk] {
    var chunks: [ChunkFeed.Chunk] = []
    for try await chunk in feed.chunks {
      chunks.append(chunk)
      feed.taken()
    }
    return chunks
  }

  @Test func rowsComeInChunks() async throws {
    try await Self.withFile(Self.text(12_000)) { path in
      let file = try CheckedFile(path)
      let chunks = try await Self.taken(try Self.feed(file))
      #expect(chunks.map(\.rows) == [5_000, 5_000, 2_000])
      #expect(chunks.map(\.number) == [1, 2, 3] && chunks.map(\.isLast) == [false, false, true])
      let rest = try await Self.taken(try Self.feed(file, after: .init(chunks: 2, rows: 10_000)))
      #expect(rest.map(\.rows) == [2_000] && rest.map(\.number) == [3] && rest.map(\.isLast) == [true])
    }
  }

  /// A server that refuses the first chunk leaves the others where they are: the process goes on.
  @Test(arguments: [6_000, 40_000]) func chunksThatNobodyTakes(_ rows: Int) async throws {
    try await Self.withFile(Self.text(rows)) { path in
      weak var freed: ChunkFeed?
      func refuse() async throws {
        let feed = try Self.feed(try CheckedFile(path))
        defer { feed.stop() }
        freed = feed
        var chunks = feed.chunks.makeAsyncIterator()
        #expect(try await chunks.next()?.number == 1)
      }
      try await refuse()
      // Its thread ends some time.
      while freed != nil { await Task.yield() }
    }
  }

  @Test func aFileThatWasChangedIsNeverWhole() async throws {
    try await Self.withFile(Self.text(6_000)) { path in
      let file = try CheckedFile(path)
      try file.expectSame()
      var status = stat()
      try #require(stat(path, &status) == 0)
      // Of the same length and, by its times, never written.
      try Self.text(6_000, count: 6).write(to: URL(filePath: path))
      let times = [status.st_atim, status.st_mtim]
      try #require(utimensat(AT_FDCWD, path, times, 0) == 0)
      try file.expectUntouched()
      var chunks: [ChunkFeed.Chunk] = []
      let feed = try Self.feed(file)
      await #expect(throws: CheckedFile.Changed.self) {
        for try await chunk in feed.chunks {
          chunks.append(chunk)
          feed.taken()
        }
      }
      #expect(chunks.map(\.isLast) == [false])
    }
  }

  @Test(arguments: [text(6_000, count: 6), text(6_001), Data("Tờ\n".utf8), Data()])
  func noRowsOfAnotherFile(_ other: Data) async throws {
    try await Self.withFile(Self.text(6_000)) { path in
      let file = try CheckedFile(path)
      // As editors save: another file in its place.
      try other.write(to: URL(filePath: path), options: .atomic)
      var count = 0
      let feed = try Self.feed(file)
      await #expect(throws: CheckedFile.Changed.self) {
        for try await _ in feed.chunks { count += 1 }
      }
      #expect(count == 0)
    }
  }

  /// A stick that was pulled: nothing is wrong with what was entered, and the same command goes on when it is back.
  @Test func aFileThatIsGone() async throws {
    try await Self.withFile(Self.text(6_000)) { path in
      let file = try CheckedFile(path)
      try FileManager.default.removeItem(atPath: path)
      var errors = [#expect(throws: ClientError.self) { try file.expectUntouched() }]
      errors.append(#expect(throws: ClientError.self) { try CheckedFile(path) })
      let feed = try Self.feed(file)
      errors.append(await #expect(throws: ClientError.self) { _ = try await Self.taken(feed) })
      #expect(errors.map { $0?.status } == [.noInput, .noInput, .noInput])
    }
  }

  @Test func aFileThatIsTakenAwayWhileItIsRead() async throws {
    try await Self.withFile(Self.text(40_000)) { path in
      let feed = try Self.feed(try CheckedFile(path))
      var numbers: [UInt32] = []
      let error = await #expect(throws: ClientError.self) {
        for try await chunk in feed.chunks {
          // Others are read ahead, not all.
          if numbers.isEmpty { try FileManager.default.removeItem(atPath: path) }
          numbers.append(chunk.number)
          feed.taken()
        }
      }
      #expect(!numbers.isEmpty && numbers.count < 8 && error?.status == .noInput)
    }
  }
}
