internal import Foundation
internal import Polling
internal import Schema

extension Binhchon_V1_PaperAudit {
  init(_ audit: PaperAudit, of batch: PaperBatch, _ poll: Poll) {
    self.init()
    seed = audit.seed
    population = audit.population
    drawn = audit.drawn
    records = audit.drawn.compactMap { sheet in
      audit.records[sheet].map { record in
        var message = Binhchon_V1_PaperAuditRecord()
        message.sheet = sheet
        message.verdict = Binhchon_V1_PaperVerdict(rawValue: Int(record.verdict.rawValue)) ?? .unspecified
        message.by = record.by
        message.atMs = record.at.milliseconds
        message.why = record.why
        message.act = record.number
        return message
      }
    }
    guard let kept = batch.kept, let entry = batch.entry(kept) else { return }
    let bound = audit.bound(entry.sheets)
    notMatching = bound.notMatching
    mostSheets = bound.mostSheets
    mostQuestionnaires = UInt64(clamping: bound.mostQuestionnaires)
    shares = Self.shares(batch.counts(in: poll), poll, bound)
  }

  private static func shares(
    _ counts: [CellKey: Int64], _ poll: Poll, _ bound: PaperAudit.Bound
  ) -> [Binhchon_V1_PaperShareBound] {
    var votes: [CellKey.Subject: Int64] = [:]
    for (key, count) in counts { votes[key.subject, default: 0] += count }
    return poll.questions.compactMap { question in
      guard question.kind == .ordinal else { return nil }
      let levels = question.choices.map {
        UInt64(clamping: votes[.votes(question: question.id, choice: $0.code)] ?? 0)
      }
      guard let top = LevelCounts(levels)?.topTwoBox else { return nil }
      let (lower, upper) = bound.share(top)
      var message = Binhchon_V1_PaperShareBound()
      message.question = question.id
      message.answers = top.total
      message.top = top.count
      message.lowest = lower?.count ?? 0
      message.highest = upper?.count ?? top.total
      return message
    }
  }
}

extension Binhchon_V1_GetPaperRowsResponse {
  mutating func fill(_ rows: PaperDesk.Rows) {
    act = rows.act
    atMs = rows.at.milliseconds
    file = Data(rows.chunk.file)
    fileName = rows.chunk.fileName
    last = rows.chunk.isLast
    self.rows = rows.wanted.map(Binhchon_V1_PaperRow.init)
  }
}

extension Binhchon_V1_PaperRow {
  fileprivate init(_ row: PaperRow) {
    self.init()
    number = row.number
    label = row.label
    unit = row.unit.rawValue
    firstDay = row.period.first.description
    lastDay = row.period.last.description
    switch row.content {
    case .total(let question, let level, let count, let questionnaires):
      total.question = question
      switch level {
      case .choice(let code): (total.level, total.choice) = (.choice, code)
      case .blank: total.level = .blank
      case .invalid: total.level = .invalid
      }
      total.count = UInt64(clamping: count)
      if let questionnaires { total.questionnaires = UInt64(clamping: questionnaires) }
    case .questionnaire(let answers):
      questionnaire.answers = answers.map { answer in
        var message = Binhchon_V1_Answer()
        message.question = answer.question
        message.choices = answer.choices
        return message
      }
    }
  }
}
