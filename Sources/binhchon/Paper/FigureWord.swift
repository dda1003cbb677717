import ArgumentParser
internal import Polling
internal import Schema

/// A count of a batch on the command line, as `paper show` prints it: unit, day, question, choice, with commas or spaces between
/// them. Without a choice: votes not used; without a question: questionnaires.
struct FigureWord: ExpressibleByArgument, Sendable, Equatable {
  let unit: String
  /// Nil: all days.
  let day: String?
  let question: String
  let choice: String

  init?(argument: String) {
    var parts = argument.split { $0 == "," || $0 == " " }.map(String.init)
    guard let unit = parts.first, (try? UnitPath(unit)) != nil else { return nil }
    parts.removeFirst()
    day = parts.first.flatMap { Day(iso: $0)?.description }
    if day != nil { parts.removeFirst() }
    guard parts.count <= 2 else { return nil }
    self.unit = unit
    question = parts.first ?? ""
    choice = parts.count == 2 ? parts[1] : ""
  }

  var subject: Binhchon_V1_PaperSubject {
    var subject = Binhchon_V1_PaperSubject()
    (subject.question, subject.choice) = (question, choice)
    return subject
  }

  var figure: Binhchon_V1_PaperFigure {
    var figure = Binhchon_V1_PaperFigure()
    (figure.unit, figure.day, figure.subject) = (unit, day ?? "", subject)
    return figure
  }
}
