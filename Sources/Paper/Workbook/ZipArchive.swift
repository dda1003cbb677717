internal import Czip

/// A zip archive to read from, with bounds on what comes out of it: sizes are looked at before anything is unpacked,
/// and the bytes really unpacked are counted.
final class ZipArchive {
  private let archive: OpaquePointer
  private let limits: PaperLimits
  private var unpacked = 0

  init(_ path: String, limits: PaperLimits) throws(PaperProblem) {
    var code: Int32 = 0
    guard let archive = zip_open(path, ZIP_RDONLY, &code) else {
      throw PaperProblem(.damagedWorkbook, detail: "zip \(code)")
    }
    self.archive = archive
    self.limits = limits
    let entries = Int(zip_get_num_entries(archive, 0))
    guard entries <= limits.entries else {
      throw PaperProblem(.unpacksTooLarge, detail: "\(entries) files")
    }
  }

  deinit { zip_discard(archive) }

  func contains(_ name: String) -> Bool { zip_name_locate(archive, name, 0) >= 0 }

  var names: [String] {
    (0..<UInt64(max(0, zip_get_num_entries(archive, 0)))).compactMap { index in
      zip_get_name(archive, index, 0).map { String(cString: $0) }
    }
  }

  /// Opens a file inside; nil if there is none of this name.
  func open(_ name: String) throws(PaperProblem) -> ZipEntry? {
    var status = zip_stat_t()
    zip_stat_init(&status)
    guard zip_stat(archive, name, 0, &status) == 0 else { return nil }
    let (size, packed) = (Int(clamping: status.size), Int(clamping: status.comp_size))
    if size > limits.unpackedBytes || size > 1 << 20 && size / max(1, packed) > limits.ratio {
      throw PaperProblem(.unpacksTooLarge, detail: "\(name): \(packed) → \(size)")
    }
    if status.valid & UInt64(ZIP_STAT_ENCRYPTION_METHOD) != 0, status.encryption_method != ZIP_EM_NONE {
      throw PaperProblem(.encrypted, detail: name)
    }
    guard let file = zip_fopen(archive, name, 0) else { throw PaperProblem(.damagedWorkbook, detail: name) }
    return ZipEntry(file, name: name, size: size, archive: self)
  }

  fileprivate func count(_ bytes: Int, of name: String) throws(PaperProblem) {
    unpacked += bytes
    if unpacked > limits.unpackedBytes {
      throw PaperProblem(.unpacksTooLarge, detail: "\(name): > \(limits.unpackedBytes)")
    }
  }
}

/// One file of an archive, unpacked as it is read.
final class ZipEntry {
  /// As the archive says.
  let size: Int
  private(set) var bytesRead = 0
  private let file: OpaquePointer
  private let name: String
  private let archive: ZipArchive

  fileprivate init(_ file: OpaquePointer, name: String, size: Int, archive: ZipArchive) {
    self.file = file
    self.name = name
    self.size = size
    self.archive = archive
  }

  deinit { zip_fclose(file) }

  /// Empty at the end.
  func next() throws(PaperProblem) -> [UInt8] {
    var got: zip_int64_t = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
      got = zip_fread(file, buffer.baseAddress, zip_uint64_t(buffer.count))
      count = max(0, Int(got))
    }
    // Also a checksum that does not fit.
    guard got >= 0 else { throw PaperProblem(.damagedWorkbook, detail: name) }
    bytesRead += bytes.count
    guard bytesRead <= size else { throw PaperProblem(.unpacksTooLarge, detail: "\(name): > \(size)") }
    try archive.count(bytes.count, of: name)
    return bytes
  }
}
