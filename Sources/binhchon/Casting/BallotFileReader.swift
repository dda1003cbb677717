import Foundation
internal import Schema

/// A file, or standard input for `-`.
struct InputFile: Sendable {
  let bytes: ByteSource
  private let descriptor: Int32

  init(_ path: String) throws(ClientError) {
    if path == "-" {
      descriptor = STDIN_FILENO
    } else {
      descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else {
        throw ClientError(
          errno == ENOENT ? .noInput : .inputOutput, Text(vi: "không mở được \(path)", en: "cannot open \(path)"),
          why: systemMessage(errno))
      }
    }
    bytes = ByteSource(descriptor: descriptor)
  }

  func close() {
    if descriptor != STDIN_FILENO { _ = Foundation.close(descriptor) }
  }
}

/// Makes ballots of the lines of a file, a batch at a time. A line that is no ballot is told and left out.
struct BallotFileReader {
  private let source: ByteSource
  private let factory: BallotFactory
  private let dossier: String?
  private var lines = LineReader()
  private var waiting: [BatchStateMachine.Entry] = []
  private var isEnded = false
  private var random = SystemRandomNumberGenerator()

  init(source: ByteSource, factory: BallotFactory, dossier: String?) {
    self.source = source
    self.factory = factory
    self.dossier = dossier
  }

  /// The next batch: full, or whatever there is when the input pauses or ends; nil at the end.
  mutating func next(_ reject: (Int, ClientError) throws -> Void) async throws -> [BatchStateMachine.Entry]? {
    while waiting.isEmpty, !isEnded {
      if let chunk = try await source.next() {
        for line in try lines.lines(in: chunk) { try take(line, reject) }
      } else {
        isEnded = true
        if let line = try lines.end() { try take(line, reject) }
      }
    }
    guard !waiting.isEmpty else { return nil }
    let batch = Array(waiting.prefix(Caster.batchSize))
    waiting.removeFirst(batch.count)
    return batch
  }

  private mutating func take(
    _ line: LineReader.NumberedLine, _ reject: (Int, ClientError) throws -> Void
  ) throws {
    do throws(ClientError) {
      guard let parsed = try BallotLine.parse(line.text) else { return }
      waiting.append(.init(line: line.number, ballot: try ballot(parsed)))
    } catch {
      try reject(line.number, error)
    }
  }

  private mutating func ballot(_ line: BallotLine) throws(ClientError) -> Binhchon_V1_Ballot {
    var factory = factory
    if let unit = line.unit { factory.unit = unit }
    if let word = line.channel {
      guard let channel = Binhchon_V1_Channel(word: word) else {
        let known = Binhchon_V1_Channel.named.map(\.word).joined(separator: " ")
        throw ClientError(
          .badData, Text(vi: "không có kênh \(word)", en: "there is no channel \(word)"),
          next: Text(vi: "chọn một trong: \(known)", en: "choose one of: \(known)"), reason: "INVALID_FIELD")
      }
      factory.channel = channel
    }
    let answers = try line.sheet.answers(in: factory.poll)
    let dossier = line.dossier ?? dossier
    if let id = line.ballotID { return factory.make(answers, dossier: dossier, id: try factory.ballotID(id)) }
    return factory.make(answers, dossier: dossier, now: .now, random: &random)
  }
}
