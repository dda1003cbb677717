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
  let file: CheckedFile
  /// What was found when it was checked.
  let report: PaperReport
  /// Codes of warnings that were accepted.
  let warnings: [String]
  /// Other files of this batch follow.
  let hasMore: Bool

  private static let shownBreaches = 20

  /// - Parameters:
  ///   - manifest: for a batch that nothing was said of.
  ///   - entry: nil: the one that is awaited.
  func run(
    manifest: Binhchon_V1_PaperManifest?, entry wanted: UInt32?, feed: (ChunkFeed.Come) -> ChunkFeed
  ) async throws -> Binhchon_V1_PaperBatch {
    var batch = try await standing(manifest)
    let awaited: UInt32 =
      switch batch.phase {
      case .awaitingFirst, .enteringFirst: 1
      default: 2
      }
    let known = batch.entries.first { entry in
      (wanted ?? entry.number) == entry.number && entry.final && entry.files.contains { Array($0.hash) == file.hash }
    }
    if let known {
      console.say(
        Text(
          vi: "tệp này đã có trong lần nhập \(known.number) của \(known.by): không có gì thay đổi",
          en: "this file is in entry \(known.number) by \(known.by) already: nothing changed"))
      return batch
    }
    try expectNoBreach(of: batch.manifest)
    let number = wanted ?? awaited
    if batch.phase == .awaitingFirst || batch.phase == .awaitingSecond {
      batch = try await client.enter(.claim(number), in: code)
    }
    let come = batch.entries.first { $0.number == number }?.files.first { Array($0.hash) == file.hash }
    if come?.whole != true {
      let come = ChunkFeed.Come(chunks: come?.chunks ?? 0, rows: come?.rows ?? 0)
      batch = try await send(number, after: come, feed(come))
    } else {
      // The warnings that were accepted are of what was checked.
      do { try file.expectSame() } catch is CheckedFile.Changed { throw await changed(number, isEntered: false) }
    }
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
    // Nobody is left with a batch that its file does not fit.
    try expectNoBreach(of: manifest)
    var act = Binhchon_V1_PaperManifestAct()
    act.manifest = manifest
    return try await client.enter(.putManifest(act), in: code)
  }

  /// Tells them line by line.
  private func expectNoBreach(of manifest: Binhchon_V1_PaperManifest) throws {
    let breaches = ManifestBreach.all(of: report, hash: file.hash, against: manifest)
    guard !breaches.isEmpty else { return }
    if console.json {
      for breach in breaches { try console.print(json: ManifestBreachRecord(manifestBreach: breach)) }
    } else {
      for breach in breaches.prefix(Self.shownBreaches) {
        try console.print(Line(breach.line(console.figures), .bad))
      }
      let more = breaches.count - Self.shownBreaches
      if more > 0 {
        let words = Text(
          vi: "… và \(more) chỗ khác; --json in từng chỗ", en: "… and \(more) more; --json prints every one")
        try console.print(Line(words(console.language), .dim))
      }
    }
    throw ClientError(
      .negative,
      Text(
        vi: "\(file.path) không khớp bảng kê của lô \(code); chưa nhập gì của tệp này",
        en: "\(file.path) is not as the manifest of batch \(code) says; nothing of it was entered"),
      next: Text(
        vi: "sửa tệp, chọn lô khác, hoặc nhờ điều phối viên sửa bảng kê",
        en: "mend the file, name another batch, or have a coordinator change the manifest"),
      reason: "NOT_AS_MANIFEST")
  }

  private func send(
    _ entry: UInt32, after come: ChunkFeed.Come, _ feed: ChunkFeed
  ) async throws -> Binhchon_V1_PaperBatch {
    defer { feed.stop() }
    var batch = Binhchon_V1_PaperBatch()
    var sent = Int(clamping: come.rows)
    var progress = ImportProgress(console: console, before: sent)
    defer { progress.clear() }
    do {
      try await ChunkFeed.deliver(feed.chunks) { chunk in
        sent += chunk.rows
        var message = Binhchon_V1_PaperChunk()
        (message.entry, message.number, message.last) = (entry, chunk.number, chunk.isLast)
        (message.file, message.columns) = (Data(file.hash), chunk.columns)
        message.fileName = file.path.split(separator: "/").last.map(String.init) ?? file.path
        batch = try await client.enter(.rows(message), in: code)
        progress.at(rows: sent, done: sent, total: report.acceptedRows)
        feed.taken()
      }
    } catch is CheckedFile.Changed {
      throw await changed(entry, isEntered: sent > 0)
    } catch is ChunkFeed.NotWhole {
      throw ClientError(
        .internalError,
        Text(vi: "\(file.path) chưa được nhập hết", en: "\(file.path) was not entered to its end"),
        next: Text(vi: "chạy lại đúng lệnh này", en: "run the same command again"))
    }
    return batch
  }

  /// What was entered of a file that was changed may be of either: it is dropped, or else the same command, once the file
  /// is back, would go on behind rows that it never held.
  private func changed(_ entry: UInt32, isEntered: Bool) async -> ClientError {
    var refusal = ClientError(
      .badData,
      Text(vi: "\(file.path) đã bị sửa trong lúc nhập", en: "\(file.path) was changed while it was imported"),
      why: Text(vi: "lần chạy này chưa nhập dòng nào", en: "this run entered no row"),
      next: Text(
        vi: "chạy lại khi không còn ai sửa tệp", en: "run this again when nobody changes the file any more"),
      reason: "FILE_CHANGED")
    guard isEntered else { return refusal }
    do {
      var act = Binhchon_V1_PaperDiscard()
      // The ledger keeps it: nothing of this machine.
      let why = Text(vi: "tệp bị sửa trong lúc nhập", en: "the file was changed while it was imported")
      (act.entry, act.why) = (entry, why(console.language))
      try await client.enter(.discardEntry(act), in: code)
      refusal.why = Text(
        vi: "không rõ đã nhập bản nào: đã bỏ cả lần nhập \(entry)",
        en: "nobody knows which of both was entered: all of entry \(entry) was dropped")
    } catch {
      let cause = (error as? Refusal).map { ClientError($0, server: nil).what } ?? Text(verbatim: "\(error)")
      let discard = "binhchon paper discard \(code) --poll \(client.poll) --entry \(entry) --why FILE_CHANGED"
      refusal.why = Text(
        vi: "không rõ đã nhập bản nào, và chưa bỏ được lần nhập \(entry): \(cause.vi)",
        en: "nobody knows which of both was entered, and entry \(entry) could not be dropped: \(cause.en)")
      refusal.next = Text(
        vi: "phải bỏ lần nhập rồi nhập lại: `\(discard)`",
        en: "the entry must be dropped, then import again: `\(discard)`")
    }
    return refusal
  }
}
