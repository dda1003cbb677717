internal import Foundation
internal import Polling
internal import Schema

// A batch of paper: value → message.

extension Binhchon_V1_PaperBatch {
  /// Nobody reads more at once.
  private static let mostDifferences = 500

  init(_ batch: PaperBatch, _ code: PaperBatchCode, _ poll: Poll) {
    self.init()
    self.poll = poll.id.rawValue
    self.batch = code.rawValue
    phase = Binhchon_V1_PaperPhase(rawValue: Int(batch.phase.rawValue)) ?? .unspecified
    if let value = batch.manifest { manifest = Binhchon_V1_PaperManifest(value) }
    entries = PaperEntryNumber.allCases.compactMap { number in
      batch.entry(number).map { Binhchon_V1_PaperEntry($0, number, isFinal: batch.isFinal(number)) }
    }
    kept = UInt32(batch.kept?.rawValue ?? 0)
    if batch.phase == .entriesDiffer {
      let all = batch.differences(in: poll)
      differences = all.prefix(Self.mostDifferences).map(Binhchon_V1_PaperDifference.init)
      differenceCount = UInt32(clamping: all.count)
    }
    if batch.isFinal(.first) {
      manifestDifferences = batch.manifestDifferences(in: poll).map(Binhchon_V1_PaperManifestDifference.init)
    }
    history = batch.history.map(Binhchon_V1_PaperStep.init)
    acceptance = batch.acceptance ?? 0
    corrections = batch.corrections.prefix(Self.mostDifferences).map(Binhchon_V1_PaperCorrection.init)
    if let audit = batch.audit { self.audit = Binhchon_V1_PaperAudit(audit, of: batch, poll) }
  }

  /// Leaves out what would tell how people rated.
  mutating func hideCounts() {
    manifest.controls = []
    (manifest.questionnaires, manifest.files) = (0, [])
    (differences, manifestDifferences, corrections) = ([], [], [])
    for entry in entries.indices {
      entries[entry].rows = 0
      for file in entries[entry].files.indices {
        // The hash of a file of a few counts tells them to whoever tries them all.
        (entries[entry].files[file].rows, entries[entry].files[file].hash) = (0, Data())
      }
    }
    for step in history.indices { history[step].why = "" }
    if hasAudit {
      (audit.shares, audit.records, audit.drawn) = ([], [], [])
      (audit.population, audit.mostSheets, audit.mostQuestionnaires) = (0, 0, 0)
    }
  }
}

extension PaperBatch {
  /// Whether who entered it said that it is complete.
  fileprivate func isFinal(_ number: PaperEntryNumber) -> Bool {
    switch phase {
    case .empty, .awaitingFirst, .enteringFirst: false
    case .awaitingSecond, .enteringSecond: number == .first
    case .entriesDiffer, .definitive, .accepted, .reversalProposed, .reversed: true
    }
  }
}

extension Binhchon_V1_PaperManifest {
  fileprivate init(_ manifest: PaperManifest) {
    self.init()
    pollVersion = manifest.pollVersion
    unit = manifest.unit.rawValue
    firstDay = manifest.period.first.description
    lastDay = manifest.period.last.description
    questionnaires = UInt64(clamping: manifest.questionnaires)
    controls = manifest.controls.map { control in
      var message = Binhchon_V1_PaperControl()
      message.subject = Binhchon_V1_PaperSubject(control.subject)
      message.count = UInt64(clamping: control.count)
      return message
    }
    singleEntry = manifest.isSingleEntry
    files = manifest.files.map { Data($0) }
  }
}

extension Binhchon_V1_PaperCorrection {
  fileprivate init(_ correction: PaperCorrection) {
    self.init()
    count.unit = correction.cell.unit.rawValue
    count.day = correction.cell.day.description
    count.subject = Binhchon_V1_PaperSubject(correction.cell.subject)
    count.count = UInt64(clamping: correction.count)
    by = correction.by
    atMs = correction.at.milliseconds
    why = correction.why
    act = correction.number
  }
}

extension Binhchon_V1_PaperSubject {
  fileprivate init(_ subject: CellKey.Subject) {
    self.init()
    switch subject {
    case .ballots: break
    case .votes(let question, let choice): (self.question, self.choice) = (question, choice)
    case .undervotes(let question): self.question = question
    }
  }
}

extension Binhchon_V1_PaperEntry {
  fileprivate init(_ entry: PaperEntryState, _ number: PaperEntryNumber, isFinal: Bool) {
    self.init()
    self.number = UInt32(number.rawValue)
    by = entry.by
    files = entry.files.map { file in
      var message = Binhchon_V1_PaperFile()
      message.hash = Data(file.hash)
      message.name = file.name
      message.chunks = file.chunks
      message.rows = file.rows
      message.whole = file.isWhole
      return message
    }
    rows = entry.sums.rows
    warnings = entry.warnings
    final = isFinal
  }
}

extension Binhchon_V1_PaperDifference {
  fileprivate init(_ difference: PaperDifference) {
    self.init()
    unit = difference.cell.unit.rawValue
    day = difference.cell.day.description
    subject = Binhchon_V1_PaperSubject(difference.cell.subject)
    first = UInt64(clamping: difference.first)
    second = UInt64(clamping: difference.second)
  }
}

extension Binhchon_V1_PaperManifestDifference {
  fileprivate init(_ difference: ManifestDifference) {
    self.init()
    subject = Binhchon_V1_PaperSubject(difference.subject)
    manifest = UInt64(clamping: difference.manifest)
    entered = UInt64(clamping: difference.entered)
  }
}

extension Binhchon_V1_PaperStep {
  fileprivate init(_ step: PaperBatch.Step) {
    self.init()
    act = step.number
    event = step.event
    by = step.by
    atMs = step.at.milliseconds
    why = step.why
  }
}
