import Foundation
internal import Paper
internal import Polling
internal import Schema

/// Brings a checked file into a batch: manifest, claim, rows, final. Begun again after whatever end, it goes on where the
/// server has come to.
struct PaperUpload {
  let client: PaperClient
  let console: Console
  let code: String
  let file: String
  let hash: [UInt8]
  /// Codes of warnings that were accepted.
  let warnings: [String]
  /// Other files of this batch follow.
  let hasMore: Bool

  /// - Parameters:
  ///   - manifest: for a batch that nothing was said of.
  ///   - entry: nil: the one that is awaited.
  func run(
    manifest: Binhchon_V1_PaperManifest?, entry wanted: UInt32?, rows: Int, feed: (ChunkFeed.Come) -> ChunkFeed
  ) async throws -> Binhchon_V1_PaperBatch {
    var batch = try await standing(manifest)
    let awaited: UInt32 =
      switch batch.phase {
      case .awaitingFirst, .enteringFirst: 1
      default: 2
      }
    let known = batch.entries.first { entry in
      (wanted ?? entry.number) == entry.number && entry.final && entry.files.contains { Array($0.hash) == hash }
    }
    if let known {
      console.say(
        Text(
          vi: "tệp này đã có trong lần nhập \(known.number) của \(known.by): không có gì thay đổi",
          en: "this file is in entry \(known.number) by \(known.by) already: nothing changed"))
      return batch
    }
    let number = wanted ?? awaited
    if batch.phase == .awaitingFirst || batch.phase == .awaitingSecond {
      batch = try await client.enter(.claim(number), in: code)
    }
    let come = batch.entries.first { $0.number == number }?.files.first { Array($0.hash) == hash }
    if come?.whole != true {
      let come = ChunkFeed.Come(chunks: come?.chunks ?? 0, rows: come?.rows ?? 0)
      batch = try await send(number, after: come, rows: rows, feed(come))
    }
    let discard = "binhchon paper discard \(code) --poll \(client.poll) --entry \(number)"
    // What was entered came from the file while this went on.
    try FileDigest.expect(hash, of: file, otherwise: discard)
    if hasMore { return batch }
    var final = Binhchon_V1_PaperFinalise()
    final.entry = number
    final.warnings = warnings
    return try await client.enter(.finalise(final), in: code)
  }

  private func standing(_ manifest: Binhchon_V1_PaperManifest?) async throws -> Binhchon_V1_PaperBatch {
    if let batch = try await client.batch(code) {
      guard var manifest else { return batch }
      if manifest.pollVersion == 0 { manifest.pollVersion = batch.manifest.pollVersion }
      guard manifest == batch.manifest else {
        throw ClientError(
          .badData,
          Text(vi: "lô \(code) đã có bảng kê khác", en: "batch \(code) has another manifest"),
          next: Text(
            vi: "xem bằng `binhchon paper show \(code)`; điều phối viên sửa bằng `binhchon paper manifest`",
            en: "see it with `binhchon paper show \(code)`; a coordinator changes it with `binhchon paper manifest`"),
          reason: "MANIFEST_DIFFERS")
      }
      return batch
    }
    guard let manifest else {
      throw ClientError(
        .badData, Text(vi: "chưa có lô \(code)", en: "there is no batch \(code)"),
        next: Text(vi: "thêm --manifest bang-ke.yaml", en: "add --manifest manifest.yaml"), reason: "UNKNOWN_BATCH")
    }
    var act = Binhchon_V1_PaperManifestAct()
    act.manifest = manifest
    return try await client.enter(.putManifest(act), in: code)
  }

  private func send(
    _ entry: UInt32, after come: ChunkFeed.Come, rows: Int, _ feed: ChunkFeed
  ) async throws -> Binhchon_V1_PaperBatch {
    defer { feed.stop() }
    var batch = Binhchon_V1_PaperBatch()
    var progress = ImportProgress(console: console)
    var sent = Int(clamping: come.rows)
    for try await chunk in feed.chunks {
      try Task.checkCancellation()
      sent += chunk.rows
      var message = Binhchon_V1_PaperChunk()
      (message.entry, message.number, message.last) = (entry, chunk.number, chunk.isLast)
      (message.file, message.columns) = (Data(hash), chunk.columns)
      message.fileName = file.split(separator: "/").last.map(String.init) ?? file
      batch = try await client.enter(.rows(message), in: code)
      progress.at(rows: sent, done: sent, total: rows)
      feed.taken()
    }
    progress.clear()
    return batch
  }
}
