internal import SQLite

/// Why a ledger cannot be made, opened, recounted or backed up. `message` is one line for the operator.
public struct LedgerFileError: Error, Equatable, CustomStringConvertible {
  public struct Code: Hashable, Sendable {
    private let name: String

    private init(_ name: String) {
      self.name = name
    }

    /// There is something already where something is to be made.
    public static let exists = Code("exists")
    /// There is no ledger.
    public static let missing = Code("missing")
    /// Another process has it open for writing.
    public static let locked = Code("locked")
    /// It was written by a newer version of this program.
    public static let newer = Code("newer")
    /// The file is no ledger, or not a whole one.
    public static let damaged = Code("damaged")
    /// It belongs to another secret than the one given.
    public static let wrongSecret = Code("wrongSecret")
    /// The disk is full, or refuses.
    public static let io = Code("io")
  }

  public var code: Code
  public var message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}

extension LedgerFileError {
  init(_ error: SQLiteError) {
    let isDamaged = [SQLiteCode.corrupt, SQLiteCode.notADatabase].contains(error.primaryCode)
    self.init(isDamaged ? .damaged : .io, error.description)
  }
}
