import Foundation
import Testing

/// A terminal of its own (tmux) with one program in it: keys go in, the page is read back.
final class Terminal: Sendable {
  private let socket = "binhchon-\(UUID().uuidString)"
  private let directory: TemporaryDirectory
  private let server = Shared<(pid: Int32, socket: String)?>(nil)
  private let queue = DispatchQueue(label: "binhchon.terminal")

  /// Within which a page shows what it is going to show, however busy the machine is.
  private static let patience = Duration.seconds(60)

  struct NotShown: Error, CustomStringConvertible {
    var description: String
  }

  /// - Parameter environment: beside a UTF-8 locale and what tmux sets itself.
  init(
    _ executable: String, _ arguments: [String], columns: Int = 80, rows: Int = 24, environment: [String: String] = [:]
  ) async throws {
    directory = try TemporaryDirectory()
    let configuration = "\(directory.path)/tmux.conf"
    // What the program leaves behind can be read, and how it ended.
    let options = """
      set -g remain-on-exit on
      set -g default-terminal screen-256color
      set -s escape-time 0

      """
    try options.write(toFile: configuration, atomically: true, encoding: .utf8)
    let variables = ["LANG": "C.UTF-8"].merging(environment) { $1 }.map { "\($0)=\($1)" }.sorted()
    // tmux forgets now and then how a program ended.
    let keeping = """
      bash -c 'echo $$ >"$0/pid"; exec "$@"' "$0" "$@"
      echo $? >"$0/status.new"; mv "$0/status.new" "$0/status"
      """
    try await tmux(
      [
        "-f", configuration, "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", "env", "-u", "NO_COLOR",
        "-u", "LC_ALL",
      ] + variables + ["bash", "-c", keeping, directory.path, executable] + arguments)
    let words = try await tmux(["display-message", "-p", "#{pid} #{socket_path}"]).split { $0.isWhitespace }
    let (pid, path) = (try #require(Int32(words[0])), String(words[1]))
    server.update { $0 = (pid, path) }
  }

  /// A test that failed on its way leaves no terminal behind.
  deinit {
    close()
  }

  /// Takes the terminal away; a program that still runs in it reads the end of its input.
  func close() {
    // By force: it may be in any state.
    guard
      let gone = server.update({ server in
        defer { server = nil }
        return server
      })
    else { return }
    kill(gone.pid, SIGKILL)
    unlink(gone.socket)
  }

  @discardableResult
  private func tmux(_ arguments: [String]) async throws -> String {
    // Tests that wait for a page leave the few threads of tasks to those who work.
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result { try self.runTmux(arguments) }) }
    }
  }

  private func runTmux(_ arguments: [String]) throws -> String {
    // Not by Foundation: the server that the first command leaves behind would hold the descriptors by which it tells
    // whether a child has ended, and hear no signal; and of the hundreds of calls one would end all tests, for it copies
    // whole directory entries from buffers that end before them.
    let path = "\(directory.path)/\(UUID().uuidString)"
    let close = #"for f in /proc/$$/fd/*; do n=${f##*/}; ((n < 3)) || eval "exec $n>&-"; done; exec "$@""#
    let status = try spawn(
      ["bash", "-c", close, "bash", "timeout", "--foreground", "60", "tmux", "-L", socket] + arguments, output: path)
    let output = try String(contentsOfFile: path, encoding: .utf8)
    try FileManager.default.removeItem(atPath: path)
    try #require(status == 0, "tmux \(arguments): \(output)")
    return output
  }

  /// The status as waitpid(2) tells it.
  private func spawn(_ arguments: [String], output: String) throws -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var environment = ProcessInfo.processInfo.environment
    environment["TMUX"] = nil
    environment["HOME"] = directory.path
    environment["LANG"] = "C.UTF-8"
    var argv = arguments.map { strdup($0) } + [nil]
    var envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var pid: pid_t = 0
    try #require(posix_spawnp(&pid, arguments[0], &actions, &attributes, &argv, &envp) == 0)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 { try #require(errno == EINTR) }
    return status
  }

  /// Keys by tmux's names: `Enter`, `Tab`, `C-c`, `5`.
  func press(_ keys: String...) async throws {
    try await tmux(["send-keys"] + keys)
  }

  /// As it is, all at once: what a scanner types.
  func type(_ text: String) async throws {
    try await tmux(["send-keys", "-l", text])
  }

  /// A finger on a cell, counted from 1.
  func touch(column: Int, row: Int) async throws {
    try await type("\u{1B}[<0;\(column);\(row)M\u{1B}[<0;\(column);\(row)m")
  }

  func resize(columns: Int, rows: Int) async throws {
    try await tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
  }

  /// The page as it stands, without blanks at the end of lines.
  func page() async throws -> String {
    try await tmux(["capture-pane", "-p"])
  }

  /// The page, once it shows all of this.
  @discardableResult
  func page(showing words: String...) async throws -> String {
    try await page(awaiting: "\(words)") { page in words.allSatisfy(page.contains) }
  }

  /// The page, once it is as `fits` wants it.
  ///
  /// - Parameter what: for who reads that it never was.
  @discardableResult
  func page(awaiting what: String, where fits: (String) throws -> Bool) async throws -> String {
    var page = ""
    try await wait(for: what) {
      page = try await self.page()
      return try fits(page)
    }
    return page
  }

  /// - Throws: ``NotShown`` with the page as it stands, when the time is over, the test's too.
  private func wait(for what: String, until isThere: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + Self.patience
    while try await !isThere() {
      guard !Task.isCancelled, .now < end else {
        throw NotShown(description: "waited for \(what); the terminal shows\n\(try await page())")
      }
      // Whether it is cancelled is asked above.
      try? await Task.sleep(for: .milliseconds(10))
    }
  }

  func pid() throws -> Int32 {
    let text = try String(contentsOfFile: "\(directory.path)/pid", encoding: .utf8)
    return try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
  }

  /// The program's exit status, once it has ended; 128 more than the signal that ended it.
  func status() async throws -> Int? {
    let path = "\(directory.path)/status"
    var text = ""
    try await wait(for: "the program's end") {
      guard let written = try? String(contentsOfFile: path, encoding: .utf8) else { return false }
      text = written
      return true
    }
    return Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
