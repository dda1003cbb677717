import Foundation

/// Where a command prints: data to standard output, all talk to standard error.
struct Console: Sendable {
  var language: Language
  var json: Bool
  /// -1 quiet, 0 usual, 1 and more: says what it does.
  var verbosity: Int
  /// Of standard output.
  var style: Style
  var errorStyle: Style
  var outputIsTerminal: Bool
  var errorIsTerminal: Bool
  /// Whether a line of standard error can be drawn over.
  var redraws = false

  var figures: Figures { Figures(language: language) }

  /// Data for a person, one line or several.
  func print(_ line: String = "") throws {
    try writeAll((style.shown(line, keepsBreaks: true) + "\n").utf8, to: STDOUT_FILENO)
  }

  func print(_ line: Line) throws {
    try writeAll((line.rendered(style, columns: .max) + "\n").utf8, to: STDOUT_FILENO)
  }

  /// Data for a program: one object on one line, UTF-8 whatever the locale (RFC 8259, 8.1).
  func print(json value: some Encodable) throws {
    try writeAll((try JSONLine.encode(value) + "\n").utf8, to: STDOUT_FILENO)
  }

  /// Bytes as they are: CSV, YAML.
  func printVerbatim(_ text: String) throws {
    try writeAll(text.utf8, to: STDOUT_FILENO)
  }

  /// Talk; not when quiet.
  func say(_ text: Text) {
    if verbosity >= 0 { talk(text(language)) }
  }

  /// Talk for those who asked for more.
  func detail(_ text: Text) {
    if verbosity >= 1 { talk(text(language)) }
  }

  /// An error, also when quiet.
  func report(_ error: ClientError) {
    // An error that cannot be encoded is still told, in words.
    if json, let line = try? JSONLine.encode(error.json(language)) {
      talk(line, verbatim: true)
      return
    }
    for (index, line) in error.lines(language).enumerated() {
      for part in line.split(separator: "\n", omittingEmptySubsequences: false) {
        let shown = Line(String(part), index == 0 ? .bad : .normal)
        talk(shown.rendered(errorStyle, columns: .max), verbatim: true)
      }
    }
  }

  private func talk(_ line: String, verbatim: Bool = false) {
    // Nobody is left to be told that standard error is closed; the exit code still speaks.
    try? writeAll(((verbatim ? line : errorStyle.shown(line, keepsBreaks: true)) + "\n").utf8, to: STDERR_FILENO)
  }

  /// Overwrites the last progress line where that can be.
  func progress(_ text: Text) {
    guard verbosity >= 0 else { return }
    let line = errorStyle.shown(text(language))
    // As above: standard error closed.
    try? writeAll((redraws ? "\r\u{1B}[K\(line)" : line + "\n").utf8, to: STDERR_FILENO)
  }
}

extension Console {
  /// A terminal that knows how to; not beside lines for a program, nor where a machine keeps all that is written.
  static func redraws(isTerminal: Bool, json: Bool, _ environment: ProcessEnvironment) -> Bool {
    isTerminal && !json && environment["CI"] == nil && environment["TERM"] != "dumb"
  }
}

enum JSONLine {
  static func encode(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Of properties only; keys of dictionaries (question ids, reasons) stay as they are.
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
