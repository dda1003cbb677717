internal import Polling

// What entries about ballots have in common.

extension ByteWriter {
  mutating func spool(_ spool: SpoolID) {
    bigEndian(spool.high)
    bigEndian(spool.low)
  }

  mutating func answer(_ answer: Answer) {
    string(answer.question)
    count(answer.choices.count)
    for choice in answer.choices { string(choice) }
  }
}

extension ByteReader {
  mutating func spool() throws(FormatError) -> SpoolID {
    SpoolID(high: try bigEndian(), low: try bigEndian())
  }

  mutating func ballotID() throws(FormatError) -> BallotID {
    let (high, low) = (try bigEndian(), try bigEndian())
    do { return try BallotID(high: high, low: low) } catch { throw fail("\(error)") }
  }

  mutating func channel() throws(FormatError) -> Channel {
    guard let channel = Channel(rawValue: try byte()) else { throw fail("unknown channel") }
    return channel
  }

  mutating func day() throws(FormatError) -> Day {
    guard let number = Int32(exactly: try signed()) else { throw fail("day over 32 bits") }
    return Day(number: number)
  }

  mutating func answers() throws(FormatError) -> [Answer] {
    var answers: [Answer] = []
    for _ in 0..<(try count()) {
      let question = try string()
      var choices: [String] = []
      for _ in 0..<(try count()) { choices.append(try string()) }
      answers.append(Answer(question: question, choices: choices))
    }
    return answers
  }
}
