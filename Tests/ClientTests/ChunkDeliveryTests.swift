import Schema
import Testing

@testable import binhchon

/// Whether a file is taken for whole.
@Suite(.timeLimit(.minutes(2))) struct ChunkDeliveryTests {
  private typealias Chunk = ChunkFeed.Chunk

  private static func chunk(_ number: UInt32, isLast: Bool = false) -> Chunk {
    Chunk(number: number, isLast: isLast, rows: 1, columns: Binhchon_V1_PaperColumns())
  }

  private static func stream(_ chunks: [Chunk]) -> AsyncThrowingStream<Chunk, any Error> {
    AsyncThrowingStream { continuation in
      for chunk in chunks { continuation.yield(chunk) }
      continuation.finish()
    }
  }

  @Test func allOfThemInTheirOrder() async throws {
    var taken: [UInt32] = []
    try await ChunkFeed.deliver(Self.stream([Self.chunk(1), Self.chunk(2), Self.chunk(3, isLast: true)])) {
      taken.append($0.number)
    }
    #expect(taken == [1, 2, 3])
  }

  @Test func withoutItsLastChunkItIsNotWhole() async {
    await #expect(throws: ChunkFeed.NotWhole.self) { try await ChunkFeed.deliver(Self.stream([])) { _ in } }
    await #expect(throws: ChunkFeed.NotWhole.self) {
      try await ChunkFeed.deliver(Self.stream([Self.chunk(1), Self.chunk(2)])) { _ in }
    }
  }

  /// To a task that was cancelled a stream that never ended says that it has.
  @Test(arguments: [false, true])
  func interruptedWhileItWaits(_ hadLast: Bool) async {
    let (chunks, feed) = AsyncThrowingStream.makeStream(of: Chunk.self)
    let (taken, take) = AsyncStream.makeStream(of: Void.self)
    feed.yield(Self.chunk(1, isLast: hadLast))
    let delivery = Task {
      try await ChunkFeed.deliver(chunks) { _ in take.yield() }
    }
    for await _ in taken { break }
    delivery.cancel()
    await #expect(throws: CancellationError.self) { try await delivery.value }
    // Not before: the stream was open all the time.
    feed.finish()
  }
}
