import Foundation
internal import Paper
internal import Polling
internal import Schema
import Synchronization

/// Rows of a file in chunks, read on a thread of its own no faster than they are taken: memory stays flat whatever the
/// file's size.
final class ChunkFeed: Sendable {
  struct Chunk: Sendable {
    /// From 1.
    var number: UInt32
    var isLast: Bool
    var rows: Int
    var columns: Binhchon_V1_PaperColumns
  }

  /// What of the file has come before: so many chunks, of so many rows.
  struct Come {
    var chunks: UInt32 = 0
    var rows: UInt64 = 0
  }

  /// The last chunk never came.
  struct NotWhole: Error {}

  static let rowsPerChunk = 5_000
  /// However long its names are, one more row fits.
  private static let bytesPerChunk = PaperChunk.mostBytes - 256 << 10
  /// Read ahead.
  private static let most = 4

  let chunks: AsyncThrowingStream<Chunk, any Error>
  /// Begins at 0: libdispatch ends the process when a semaphore is freed below the value it began with, and chunks may be
  /// left untaken.
  private let room = DispatchSemaphore(value: 0)
  private let isStopped = Mutex(false)

  /// The stream throws ``CheckedFile/Changed`` before rows of another file, and before the last chunk if anything is not
  /// as it was when the file was checked: without that chunk no server takes the file for whole.
  ///
  /// - Parameters:
  ///   - file: one without errors.
  ///   - today: as when the file was checked.
  ///   - come: rows that are passed over.
  init(_ file: CheckedFile, poll: Polling.Poll, options: PaperCheck.Options, today: Day, after come: Come) {
    let (chunks, continuation) = AsyncThrowingStream.makeStream(of: Chunk.self)
    self.chunks = chunks
    for _ in 0..<Self.most { room.signal() }
    let thread = Thread { [self] in
      do {
        try read(file, poll, options, today, come, continuation)
        continuation.finish()
      } catch {
        continuation.finish(throwing: error)
      }
    }
    thread.stackSize = 1 << 20
    thread.start()
  }

  /// Gives every chunk to `enter`, one after the other.
  ///
  /// - Throws: `CancellationError`, ``NotWhole``, what the stream throws and `enter` does.
  static func deliver(
    _ chunks: AsyncThrowingStream<Chunk, any Error>, to enter: (Chunk) async throws -> Void
  ) async throws {
    var isWhole = false
    for try await chunk in chunks {
      try Task.checkCancellation()
      try await enter(chunk)
      isWhole = chunk.isLast
    }
    // To a task that was cancelled a stream says that it has ended.
    try Task.checkCancellation()
    guard isWhole else { throw NotWhole() }
  }

  /// A chunk was taken: another one may be read.
  func taken() {
    room.signal()
  }

  /// Nobody takes chunks any more.
  func stop() {
    isStopped.withLock { $0 = true }
    room.signal()
  }

  private func read(
    _ file: CheckedFile, _ poll: Polling.Poll, _ options: PaperCheck.Options, _ today: Day, _ come: Come,
    _ continuation: AsyncThrowingStream<Chunk, any Error>.Continuation
  ) throws {
    var rows = Polling.PaperRows.Builder()
    var number = come.chunks
    var passedOver: UInt64 = 0
    func give(isLast: Bool) throws {
      room.wait()
      if isStopped.withLock({ $0 }) { throw CancellationError() }
      // Behind the reading: these rows were there before this look.
      try file.expectUntouched()
      number += 1
      let packed = try rows.finish()
      continuation.yield(
        Chunk(number: number, isLast: isLast, rows: packed.count, columns: Binhchon_V1_PaperColumns(packed)))
      rows = Polling.PaperRows.Builder()
    }
    var events = PaperCheck.Events()
    events.accepted = { entry, row in
      if passedOver < come.rows {
        passedOver += 1
        return
      }
      // The last one is known only at the end of the file.
      if rows.count == Self.rowsPerChunk || rows.writtenBytes > Self.bytesPerChunk { try give(isLast: false) }
      try rows.append(PaperRow(entry, number: row))
    }
    let report: PaperReport
    do {
      report = try PaperCheck(poll: poll, options: options, today: today).run(file.path, events)
    } catch let failure as FileFailure {
      throw FileDigest.unreadable(failure.path, failure.errno)
    }
    guard report.errors == 0, !report.isCutShort else { throw CheckedFile.Changed() }
    try file.expectSame()
    try give(isLast: true)
  }
}

extension PaperRow {
  init(_ entry: PaperEntry, number: Int) {
    let number = UInt64(clamping: number)
    switch entry {
    case .total(let total):
      let level: Level =
        switch total.level {
        case .choice(let code): .choice(code)
        case .blank: .blank
        case .invalid: .invalid
        }
      self.init(
        number: number, label: total.sheet, unit: total.unit, period: DaySpan(total.period),
        content: .total(
          question: total.question, level: level, count: Int64(clamping: total.count),
          questionnaires: total.sheets.map { Int64(clamping: $0) }))
    case .questionnaire(let questionnaire):
      self.init(
        number: number, label: questionnaire.number, unit: questionnaire.unit, period: DaySpan(questionnaire.period),
        content: .questionnaire(questionnaire.answers))
    }
  }
}

extension DaySpan {
  fileprivate init(_ period: Period) {
    self.init(first: period.first, last: period.last)
  }
}
