import Foundation
import Testing

/// A terminal of its own (tmux) with one program in it: keys go in, the page is read back.
final class Terminal: Sendable {
  private let socket = "binhchon-\(UUID().uuidString)"
  private let directory: TemporaryDirectory
  private let server = Shared<(pid: Int32, socket: String)?>(nil)

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
    try await tmux(
      [
        "-f", configuration, "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", "env", "-u", "NO_COLOR",
        "-u", "LC_ALL",
      ] + variables + [executable] + arguments)
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
    // By force: what Foundation starts hears no other signal.
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
    // The server that the first command leaves behind must hold nothing of ours: by an open descriptor Foundation tells
    // whether a child has ended.
    let close = #"for f in /proc/$$/fd/*; do n=${f##*/}; ((n < 3)) || eval "exec $n>&-"; done; exec "$@""#
    let done = try await run(
      "/usr/bin/env", ["-u", "TMUX", "bash", "-c", close, "bash", "tmux", "-L", socket] + arguments)
    try #require(done.status == 0, "tmux \(arguments): \(done.errors)")
    return done.output
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

  /// The page, once it shows all of this; the test's time limit bounds it.
  @discardableResult
  func page(showing words: String...) async throws -> String {
    while true {
      try Task.checkCancellation()
      let page = try await page()
      if words.allSatisfy(page.contains) { return page }
    }
  }

  func pid() async throws -> Int32 {
    let text = try await tmux(["display-message", "-p", "#{pane_pid}"])
    return try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
  }

  /// The program's exit status, once it has ended; nil: a signal ended it.
  func status() async throws -> Int? {
    while true {
      try Task.checkCancellation()
      let text = try await tmux(["display-message", "-p", "#{pane_dead},#{pane_dead_status},#{pane_dead_signal}"])
      let words = text.split(separator: "\n")[0].split(separator: ",", omittingEmptySubsequences: false)
      // Its end is known before how it ended.
      if words[0] == "1", !words[1].isEmpty || !words[2].isEmpty { return Int(words[1]) }
    }
  }
}
