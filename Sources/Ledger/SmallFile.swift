/// A small file beside a ledger that is replaced whole.
public enum SmallFile {
  /// Returns when the new bytes are safe on disk under that name. If it throws, the old ones are there, or none.
  public static func replace(_ path: String, with bytes: [UInt8]) throws(LedgerFileError) {
    let unfinished = path + ".new"
    try Files.write(bytes, to: unfinished)
    try Files.finish(unfinished, as: path)
  }
}
