import Glibc

/// Tells whoever started us which port was taken: one decimal number and a newline, there at once or not at all.
enum PortFile {
  static func write(_ port: Int, to path: String) throws(Failure) {
    let temporary = "\(path).\(getpid())"
    guard let file = fopen(temporary, "w") else {
      throw Failure(.cannotCreate, "cannot write port file \(path): \(String(cString: strerror(errno)))")
    }
    let isWritten = fputs("\(port)\n", file) >= 0
    let isClosed = fclose(file) == 0
    guard isWritten, isClosed, rename(temporary, path) == 0 else {
      let problem = String(cString: strerror(errno))
      unlink(temporary)
      throw Failure(.cannotCreate, "cannot write port file \(path): \(problem)")
    }
  }

  static func remove(_ path: String) {
    unlink(path)
  }
}
