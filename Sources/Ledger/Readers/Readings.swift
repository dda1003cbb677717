internal import SQLite

/// Reads the ledger as it is on disk at one moment, on a thread of its own and with a connection of its own that never
/// writes. One reading after another: each keeps the journal from being emptied while it lasts.
actor Readings {
  private let path: String
  private let vfs: String?
  private var isBusy = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(path: String, vfs: String?) {
    self.path = path
    self.vfs = vfs
  }

  func read<Value: Sendable>(
    _ work: @escaping @Sendable (Connection) throws(SQLiteError) -> Value
  ) async throws(LedgerFileError) -> Value {
    await begin()
    defer { end() }
    let result = await withCheckedContinuation { continuation in
      do throws(LedgerFileError) {
        try WriterThread.start { [path, vfs] in
          continuation.resume(returning: Self.read(path, vfs, work))
        }
      } catch {
        continuation.resume(returning: .failure(error))
      }
    }
    return try result.get()
  }

  private static func read<Value>(
    _ path: String, _ vfs: String?, _ work: (Connection) throws(SQLiteError) -> Value
  ) -> Result<Value, LedgerFileError> {
    do throws(SQLiteError) {
      let connection = try Connection(path: path, access: .readOnly, vfs: vfs)
      // Everything is read from one state of the ledger.
      try connection.execute("BEGIN")
      return .success(try work(connection))
    } catch { return .failure(LedgerFileError(error)) }
  }

  private func begin() async {
    if isBusy {
      await withCheckedContinuation { waiting.append($0) }
    } else {
      isBusy = true
    }
  }

  /// Whoever waits takes over.
  private func end() {
    if waiting.isEmpty {
      isBusy = false
    } else {
      waiting.removeFirst().resume()
    }
  }
}
