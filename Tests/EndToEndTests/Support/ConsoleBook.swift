import Foundation

/// A document with sessions in it: blocks fenced as `console`, in which a line `PERSON$ command` is what somebody types
/// and the lines below it are what the terminal shows then. The document is held against the programs, or written anew.
struct ConsoleBook {
  /// What somebody typed, and what was shown.
  struct Step: Equatable {
    var person: String
    var command: String
    var shown: [String]
  }

  private enum Part {
    case text(String)
    case step(Step)
  }

  private var parts: [Part] = []

  init(_ text: String) {
    var isInside = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("```") {
        isInside = line == "```console"
        parts.append(.text(line))
      } else if !isInside {
        parts.append(.text(line))
      } else if let prompt = line.firstRange(of: "$ "), !line[..<prompt.lowerBound].contains(" ") {
        parts.append(
          .step(
            Step(person: String(line[..<prompt.lowerBound]), command: String(line[prompt.upperBound...]), shown: [])))
      } else if case .step(var step)? = parts.last {
        step.shown.append(line)
        parts[parts.count - 1] = .step(step)
      } else {
        parts.append(.text(line))
      }
    }
  }

  var steps: [Step] {
    parts.compactMap { if case .step(let step) = $0 { step } else { nil } }
  }

  /// The same document with what was shown now. A command that did not succeed ends with its status.
  func replayed(_ type: (_ person: String, _ command: String) async throws -> Finished) async throws -> ConsoleBook {
    var book = self
    for (place, part) in parts.enumerated() {
      guard case .step(var step) = part else { continue }
      let finished = try await type(step.person, step.command)
      step.shown = finished.output.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
      if step.shown.last?.isEmpty == true { step.shown.removeLast() }
      if finished.status != 0 { step.shown.append("[\(finished.status)]") }
      book.parts[place] = .step(step)
    }
    return book
  }

  var text: String {
    parts.flatMap { part in
      switch part {
      case .text(let line): [line]
      case .step(let step): ["\(step.person)$ \(step.command)"] + step.shown
      }
    }.joined(separator: "\n")
  }
}
