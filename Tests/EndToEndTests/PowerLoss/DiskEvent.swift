/// What a program did to the files below one directory, and what it told others, in order. Paths are relative to that
/// directory; "" is the directory itself.
enum DiskEvent: Equatable, Sendable {
  case makeDirectory(String)
  /// Opened to be made if it is not there.
  case create(String)
  case write(String, at: Int, [UInt8])
  case truncate(String, to: Int)
  case link(String, as: String)
  case rename(String, to: String)
  case remove(String)
  /// Only what was done before this is covered by the `sync` that follows. Left out where nothing else came between.
  case syncBegins(String)
  /// A sync of a file or of a directory has returned.
  case sync(String)
  /// Written to standard output.
  case said([UInt8])
  /// Written to a socket, `bytes` long. It may be with the peer from now on.
  case sent(socket: String, bytes: Int)
  case received(socket: String)
  /// The program ended by itself, with this status.
  case ended(Int32)
}
