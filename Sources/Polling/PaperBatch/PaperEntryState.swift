/// An entry of a batch, as far as it has come.
public struct PaperEntryState: Hashable, Sendable {
  public struct File: Hashable, Sendable {
    /// SHA-256.
    public var hash: [UInt8]
    public var name: String
    public var chunks: UInt32
    public var rows: UInt64
    public var isWhole: Bool
  }

  /// More than these are no one batch.
  public static let mostRows: UInt64 = 5_000_000
  public static let longestFileName = 255

  /// Who enters it: unit and name.
  public var by: String
  /// The number of the act that claimed it.
  public var claim: UInt64
  public internal(set) var files: [File] = []
  public internal(set) var sums = PaperSums()
  public internal(set) var sheets = PaperSheets()
  public internal(set) var warnings: [String] = []

  init(by: String, claim: UInt64) {
    self.by = by
    self.claim = claim
  }

  /// - Throws: ``PaperRefusal``; nothing has changed then.
  mutating func add(_ chunk: PaperChunk, _ manifest: PaperManifest, _ poll: Poll) throws(PaperRefusal) {
    var next = self
    if next.files.last?.hash == chunk.file, next.files.last?.isWhole == false {
    } else {
      guard next.files.last?.isWhole ?? true else { throw .fileUnfinished }
      guard chunk.file.count == 32, chunk.fileName.utf8.count <= Self.longestFileName else {
        throw .invalid([Violation("file", "must be a SHA-256 hash and a name of at most \(Self.longestFileName) bytes")]
        )
      }
      guard !next.files.contains(where: { $0.hash == chunk.file }), next.files.count < PaperManifest.mostFiles,
        manifest.files.isEmpty || manifest.files.contains(chunk.file)
      else { throw .file }
      next.files.append(File(hash: chunk.file, name: chunk.fileName, chunks: 0, rows: 0, isWhole: false))
    }
    guard var file = next.files.popLast() else { throw .fileUnfinished }
    guard chunk.number == file.chunks + 1 else { throw .chunk(expected: file.chunks + 1) }
    guard !chunk.rows.isEmpty || chunk.isLast, chunk.rows.count <= PaperChunk.mostRows,
      chunk.rows.writtenBytes <= PaperChunk.mostBytes
    else {
      throw .invalid([
        Violation("rows", "must be 1 to \(PaperChunk.mostRows), in at most \(PaperChunk.mostBytes) bytes")
      ])
    }
    guard next.sums.rows + UInt64(chunk.rows.count) <= Self.mostRows else { throw .tooMuch }
    try next.sums.add(chunk.rows, manifest, poll)
    next.sheets.add(chunk.rows)
    guard next.sums.size + next.sheets.size <= PaperSums.mostCells else { throw .tooMuch }
    file.chunks += 1
    file.rows += UInt64(chunk.rows.count)
    file.isWhole = chunk.isLast
    if file.isWhole {
      next.sums.endFile()
      next.sheets.endFile()
    }
    next.files.append(file)
    self = next
  }
}
