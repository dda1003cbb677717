internal import SQLite

/// Why a spool cannot be opened, or cannot keep a press. `message` is one line for whoever looks after the kiosk.
public struct SpoolError: Error, Equatable, CustomStringConvertible {
  public struct Code: Hashable, Sendable {
    private let name: String

    private init(_ name: String) {
      self.name = name
    }

    /// Another process has it.
    public static let locked = Code("locked")
    /// It was written by a newer version of this program.
    public static let newer = Code("newer")
    /// The disk has no room: nothing was kept, and it may be tried again.
    public static let diskFull = Code("diskFull")
    /// The disk failed, now or before. The press may be kept or not; nothing more is taken until the spool is opened
    /// again.
    public static let io = Code("io")
    /// The file is no spool, or not a whole one.
    public static let damaged = Code("damaged")
    /// The ballot cannot be kept: it has no valid id, or another one than before.
    public static let badBallot = Code("badBallot")
  }

  public var code: Code
  public var message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  init(_ error: SQLiteError) {
    if error.isDiskFull {
      self.init(.diskFull, error.description)
    } else if [SQLiteCode.corrupt, SQLiteCode.notADatabase].contains(error.primaryCode) {
      self.init(.damaged, error.description)
    } else {
      self.init(.io, error.description)
    }
  }

  public var description: String { message }
}
