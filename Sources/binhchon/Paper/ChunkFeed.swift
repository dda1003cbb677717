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
    var rows: [Binhchon_V1_PaperRow]
  }

  static let rowsPerChunk = 1_000
  /// Read ahead.
  private static let most = 4

  let chunks: AsyncThrowingStream<Chunk, any Error>
  private let room = DispatchSemaphore(value: ChunkFeed.most)
  private let isStopped = Mutex(false)

  /// - Parameter today: as when the file was checked.
  init(_ path: String, poll: Polling.Poll, options: PaperCheck.Options, today: Day) {
    let (chunks, continuation) = AsyncThrowingStream.makeStream(of: Chunk.self)
    self.chunks = chunks
    let thread = Thread { [self] in
      do {
        try read(path, poll, options, today, continuation)
        continuation.finish()
      } catch {
        continuation.finish(throwing: error)
      }
    }
    thread.stackSize = 1 << 20
    thread.start()
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
    _ path: String, _ poll: Polling.Poll, _ options: PaperCheck.Options, _ today: Day,
    _ continuation: AsyncThrowingStream<Chunk, any Error>.Continuation
  ) throws {
    var rows: [Binhchon_V1_PaperRow] = []
    var number: UInt32 = 0
    func give(isLast: Bool) throws {
      room.wait()
      if isStopped.withLock({ $0 }) { throw CancellationError() }
      number += 1
      continuation.yield(Chunk(number: number, isLast: isLast, rows: rows))
      rows.removeAll(keepingCapacity: true)
    }
    var events = PaperCheck.Events()
    events.row = { row in
      guard !row.isRejected, let entry = row.entry else { return }
      // The last one is known only at the end of the file.
      if rows.count == Self.rowsPerChunk { try give(isLast: false) }
      rows.append(Binhchon_V1_PaperRow(entry, number: row.source.number))
    }
    _ = try PaperCheck(poll: poll, options: options, today: today).run(path, events)
    try give(isLast: true)
  }
}

extension Binhchon_V1_PaperRow {
  init(_ entry: PaperEntry, number: Int) {
    self.init()
    self.number = UInt64(clamping: number)
    switch entry {
    case .total(let total):
      fill(total.sheet, total.unit, total.period)
      self.total.question = total.question
      self.total.count = UInt64(clamping: total.count)
      if let sheets = total.sheets { self.total.questionnaires = UInt64(clamping: sheets) }
      switch total.level {
      case .choice(let code):
        self.total.level = .choice
        self.total.choice = code
      case .blank: self.total.level = .blank
      case .invalid: self.total.level = .invalid
      }
    case .questionnaire(let questionnaire):
      fill(questionnaire.number, questionnaire.unit, questionnaire.period)
      self.questionnaire.answers = questionnaire.answers.map { answer in
        var message = Binhchon_V1_Answer()
        message.question = answer.question
        message.choices = answer.choices
        return message
      }
    }
  }

  private mutating func fill(_ label: String, _ unit: UnitPath, _ period: Period) {
    self.label = label
    self.unit = unit.rawValue
    firstDay = period.first.description
    lastDay = period.last.description
  }
}
