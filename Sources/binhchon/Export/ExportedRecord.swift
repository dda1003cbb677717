internal import Schema

/// A cast vote record as auditors get it: plain names, no locale. Fields are only ever added.
struct ExportedRecord: Encodable {
  struct Answer: Encodable {
    var question: String
    var choices: [String]
  }

  /// Nil: the poll's times are too coarse for an order to be told.
  var sequence: UInt64?
  var poll: String
  var pollVersion: UInt32
  var unit: String
  var channel: String
  var day: String
  var receivedTimeMs: Int64
  var deviceTimeMs: Int64?
  var answers: [Answer]
  var procedure: String?
  var source: String
  var kioskSequence: UInt64?
  /// clock, cooldown, burst, late, bound.
  var flags: [String]
  /// Whether figures contain it.
  var counted: Bool
  var voided: Bool

  init(_ record: Binhchon_V1_CastRecord, of poll: String) {
    sequence = record.sequence == 0 ? nil : record.sequence
    self.poll = poll
    pollVersion = record.pollVersion
    unit = record.unit
    channel = record.channel.word
    day = record.day
    receivedTimeMs = record.receivedTimeMs
    deviceTimeMs = record.deviceTimeMs == 0 ? nil : record.deviceTimeMs
    answers = record.answers.map { Answer(question: $0.question, choices: $0.choices) }
    procedure = record.procedure.isEmpty ? nil : record.procedure
    source = record.source
    kioskSequence = record.kioskSequence == 0 ? nil : record.kioskSequence
    flags = [
      ("clock", record.clockFlagged), ("cooldown", record.cooldownFlagged), ("burst", record.burstFlagged),
      ("late", record.late), ("bound", record.bound),
    ].filter(\.1).map(\.0)
    counted = !record.voided && !record.cooldownFlagged && !record.burstFlagged
    voided = record.voided
  }

  static let csvHeader = CSV.record([
    "sequence", "poll", "poll_version", "unit", "channel", "day", "received_time_ms", "device_time_ms", "answers",
    "procedure", "source", "kiosk_sequence", "flags", "counted", "voided",
  ])

  /// Answers as `question=choice+choice`, with `;` between them: neither mark is in a name.
  var csv: String {
    CSV.record([
      sequence.map(String.init) ?? "", poll, String(pollVersion), unit, channel, day, String(receivedTimeMs),
      deviceTimeMs.map(String.init) ?? "",
      answers.map { "\($0.question)=\($0.choices.joined(separator: "+"))" }.joined(separator: ";"), procedure ?? "",
      source, kioskSequence.map(String.init) ?? "", flags.joined(separator: " "), String(counted), String(voided),
    ])
  }
}

/// The last line of an export as JSON: without it the file is not whole.
struct ExportEnd: Encodable {
  var complete = true
  var records: UInt64
  var revision: UInt64
  var ledgerEpoch: String
}
