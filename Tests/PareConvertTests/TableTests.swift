import PareEncode
import Testing

@testable import PareConvert

@Suite("Tables")
struct TableTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var text: String
    var tensor: String
    var format: TableFormat

    init(
      _ what: String, _ text: String, _ tensor: String, _ separator: Character = ",", header: [String]? = nil,
      rowNames: [String]? = nil, corner: String? = nil, _ vectors: TableFormat.WordVectors? = nil
    ) {
      (testDescription, self.text, self.tensor) = (what, text, tensor)
      format = TableFormat(
        TensorReference(index: 0), fileExtension: "csv", separator: separator, header: header, rowNames: rowNames,
        corner: corner, wordVectors: vectors)
    }
  }

  static let cases: [Case] = [
    Case("commas", "1,2\n3,4\n", "[2, 2] 1.0 2.0 3.0 4.0"),
    Case("no line end behind the last row", "1,2\n3,4", "[2, 2] 1.0 2.0 3.0 4.0"),
    Case("one column is a vector", "1\n2\n3\n", "[3] 1.0 2.0 3.0"),
    Case("one row is a matrix", "1,2,3\n", "[1, 3] 1.0 2.0 3.0"),
    Case("one number is a vector", "5", "[1] 5.0"),
    Case("semicolons", "1;2\n3;4\n", "[2, 2] 1.0 2.0 3.0 4.0", ";"),
    Case("tabs", "1\t2\n3\t4\n", "[2, 2] 1.0 2.0 3.0 4.0", "\t"),
    Case("blanks, any number of them", "  1  2\n3 \t 4  \n", "[2, 2] 1.0 2.0 3.0 4.0", " "),
    Case("commas and blanks", "1, 2\n 3 , 4 \n", "[2, 2] 1.0 2.0 3.0 4.0"),
    Case("CRLF and blank lines", "1,2\r\n\r\n3,4\r\n \r\n", "[2, 2] 1.0 2.0 3.0 4.0"),
    Case("a byte-order mark", "\u{FEFF}1,2\n3,4\n", "[2, 2] 1.0 2.0 3.0 4.0"),
    Case("comments", "# a, b\n#c\n1,2 # first\n3,4\n# end", "[2, 2] 1.0 2.0 3.0 4.0"),
    Case("a header", "a,b\n1,2\n3,4\n", "[2, 2] 1.0 2.0 3.0 4.0", header: ["a", "b"]),
    Case("a header of one column", "value\n1\n2\n", "[2] 1.0 2.0", header: ["value"]),
    Case("row names", "r1,1,2\nr2,3,4\n", "[2, 2] 1.0 2.0 3.0 4.0", rowNames: ["r1", "r2"]),
    Case(
      "a header and row names", "name,a,b\nr1,1,2\nr2,3,4\n", "[2, 2] 1.0 2.0 3.0 4.0", header: ["a", "b"],
      rowNames: ["r1", "r2"], corner: "name"),
    Case(
      "pandas: an index without a name", ",0,1\n0,1.5,2\n1,3,4\n", "[2, 2] 1.5 2.0 3.0 4.0", header: ["0", "1"],
      rowNames: ["0", "1"], corner: ""),
    Case(
      "quotes, doubled within quotes", "\"a \"\"x\"\"\",\"b,c\"\n\"1\",2\n", "[1, 2] 1.0 2.0",
      header: ["a \"x\"", "b,c"]),
    Case(
      "R: write.csv of coefficients", "\"\",\"x\"\n\"(Intercept)\",1.5\n\"wt\",-2\n", "[2] 1.5 -2.0", header: ["x"],
      rowNames: ["(Intercept)", "wt"], corner: ""),
    Case(
      "R: write.table, one name fewer in the header", "\"V1\" \"V2\"\n\"1\" 1 2\n\"2\" 3 4\n", "[2, 2] 1.0 2.0 3.0 4.0",
      " ", header: ["V1", "V2"], rowNames: ["1", "2"]),
    Case(
      "numpy.savetxt", "1.000000000000000000e+00 2.500000000000000000e-01\n-0.000000000000000000e+00 nan\n",
      "[2, 2] 1.0 0.25 -0.0 nan", " "),
    Case("a header with years", "id,2019,2020\n1,2,3\n", "[1, 3] 1.0 2.0 3.0", header: ["id", "2019", "2020"]),
    Case(
      "GloVe", "the 0.5 1\n, -1 2\n\" 3 4\n## 5 6\n10 7 8\n''t 9 10\n",
      "[6, 2] 0.5 1.0 -1.0 2.0 3.0 4.0 5.0 6.0 7.0 8.0 9.0 10.0", " ", rowNames: ["the", ",", "\"", "##", "10", "''t"],
      .glove),
    Case(
      "GloVe, words with blanks",
      "the 0.5 1\na 1 2\nof 3 4\n" + String(repeating: "x 1 2\n", count: 64) + ". . . 5 6\n",
      "[68, 2] 0.5 1.0 1.0 2.0 3.0 4.0 " + String(repeating: "1.0 2.0 ", count: 64) + "5.0 6.0", " ",
      rowNames: ["the", "a", "of"] + Array(repeating: "x", count: 64) + [". . ."], .glove),
    Case(
      "row names that begin with digits", "2020-01-01,1\n1st,2\n0x10,3\n", "[3] 1.0 2.0 3.0",
      rowNames: ["2020-01-01", "1st", "0x10"]),
    Case("row names in quotes", "\"0x10\",1,2\n", "[1, 2] 1.0 2.0", rowNames: ["0x10"]),
    Case(
      "word2vec of numbers", "3 2\n7 0.5 1\n8 1e-3 2\n10 3 4\n", "[3, 2] 0.5 1.0 0.001 2.0 3.0 4.0", " ",
      rowNames: ["7", "8", "10"], .word2vec),
    Case(
      "word2vec of words and as many numbers", "2 2\nthe 0.5 1\n10 3 4\n", "[2, 2] 0.5 1.0 3.0 4.0", " ",
      rowNames: ["the", "10"], .word2vec),
    Case(
      "word2vec", "3 2\nthe 0.5 1 \nof 1e-3 2\n10 3 4\n", "[3, 2] 0.5 1.0 0.001 2.0 3.0 4.0", " ",
      rowNames: ["the", "of", "10"], .word2vec),
  ]

  @Test("give this tensor and this format", arguments: cases)
  func tables(_ test: Case) throws {
    let model = try readText(test.text, as: "t.csv")
    #expect(model.summary == ["t" + test.tensor])
    #expect(model.kind == .tables)
    #expect(TableFormat.formats(of: model.document) == [test.format])
  }

  struct Wrong: Sendable, CustomTestStringConvertible {
    var text: String
    var line: Int?
    var column: Int?
    var message: String
    var testDescription: String { text.debugDescription }

    init(_ text: String, _ line: Int?, _ column: Int?, _ message: String) {
      (self.text, self.line, self.column, self.message) = (text, line, column, message)
    }
  }

  @Test(
    "that are wrong are refused with the place and what was expected there",
    arguments: [
      Wrong("1,2\n3\n", 2, 2, "expected 2 cells in this row as in the first, found 1"),
      Wrong("1,2\n3,4,5\n", 2, 4, "expected 2 cells in this row as in the first, found 3"),
      Wrong("1 2\n3\n", 2, 2, "expected 2 cells in this row as in the first, found 1"),
      Wrong("2 2\n3 4 5\n", 2, 5, "expected 2 cells in this row as in the first, found 3"),
      Wrong("1\n2 3\n", 2, 3, "expected 1 cells in this row as in the first, found 2"),
      Wrong("1,2\n3,\n", 2, 3, "expected a number, found an empty cell"),
      Wrong("1,,2\n", 1, 3, "expected a number, found an empty cell"),
      Wrong("1,2\n,4\n", 2, 1, "expected a number, found an empty cell"),
      Wrong("1,2\n3,x\n", 2, 3, "expected a number, found 'x'"),
      Wrong("1,2\n3,NA\n", 2, 3, "expected a number, found 'NA'"),
      Wrong("1,2\nx,4\n", 2, 1, "expected a number, found 'x'"),
      Wrong("1,2\n3,4x\n", 2, 3, "expected a number, found '4x'"),
      Wrong("w,0.5,oops\nv,1,2\n", 1, 7, "expected a number, found 'oops'"),
      Wrong("1,5;2,5\n3,5;4\n", 1, 1, "expected a number, found '1,5' (a decimal comma; expected a point)"),
      Wrong("0x10,2\n", 1, 1, "expected a number, or in quotes a name; found '0x10'"),
      Wrong("0x10\n5\n", 1, 1, "expected a number, or in quotes a name; found '0x10'"),
      Wrong("0x10 2 3\n-0X1Fp3 4 5\n", 1, 1, "expected a number, or in quotes a name; found '0x10'"),
      Wrong("1_000,2\n", 1, 1, "expected a number, or in quotes a name; found '1_000'"),
      Wrong("1.234.567,2\n", 1, 1, "expected a number, or in quotes a name; found '1.234.567'"),
      Wrong("-1.5f,2\n", 1, 1, "expected a number, or in quotes a name; found '-1.5f'"),
      Wrong("1e,2\n", 1, 1, "expected a number, or in quotes a name; found '1e'"),
      Wrong("a,b\n", 1, 4, "expected a row of numbers behind the header, found the end of the text"),
      Wrong("# only\n\n", nil, nil, "this table has no rows; expected rows of numbers"),
      Wrong("\"a,b\n1,2\n", 1, 1, "expected the closing quote in this line"),
      Wrong("\"a\"x,b\n1,2\n", 1, 4, "expected a separator behind the closing quote"),
      Wrong("Dear reader\nthis is a letter.\n", 2, 6, "expected a number, found 'is'"),
      Wrong("3 2\na 1 2\nb 3 4\n", 4, 1, "expected 3 words as the first line says, found 2"),
      Wrong(
        "the 1 2\na 1 2\nof 3 4\n" + String(repeating: "x 1 2\n", count: 64) + "y 5\n", 68, 1,
        "expected a word and 2 numbers as in the first line, found 2 fields"),
      Wrong(
        "the 1 2\na 1 2\nof 3 4\n" + String(repeating: "x 1 2\n", count: 64) + "y 5 6z\n", 68, 5,
        "expected a number, found '6z'"),
    ])
  func wrong(_ wrong: Wrong) {
    let error = refusal(Array(wrong.text.utf8), as: "t.csv")
    #expect(error?.message == wrong.message)
    #expect(error?.line == wrong.line)
    #expect(error?.column == wrong.column)
  }

  @Test("names: the file's without .csv and .gz; a plain name stays")
  func names() {
    #expect(SourceName(path: "/a/fc1.weight.csv").stem == "fc1.weight")
    #expect(SourceName(path: "fc1.weight").stem == "fc1.weight")
    #expect(SourceName(path: "a.b/x.TXT.gz").stem == "x")
    #expect(SourceName(path: "x.TXT.gz").fileExtension == "txt")
    #expect(SourceName(path: "-").stem == "tensor")
    #expect(SourceName(path: ".csv").stem == ".csv")
  }

  @Test("a directory is a model of its tables, sorted by name; other files are passed over, which is noted")
  func directory() throws {
    let folder = SourceFolder()
    let paths = [
      folder.write("b.csv", Array("1\n2\n".utf8)), folder.write("a.tsv", Array("1\t2\n".utf8)),
      folder.write("README.md", Array("# words".utf8)), folder.write(".hidden.csv", Array("x".utf8)),
    ]
    let model = try readModel([folder.path])
    #expect(model.summary == ["a[1, 2] 1.0 2.0", "b[2] 1.0 2.0"])
    #expect(model.kind == .tables)
    #expect(
      model.notes == [
        "\(folder.path): not read: README.md; a folder's model is its .csv, .tsv, .txt and .npy files"
      ])
    #expect(try readModel(Array(paths.prefix(2))).summary == ["b[2] 1.0 2.0", "a[1, 2] 1.0 2.0"])
    #expect(throws: SourceError("expected each tensor name once, found 'b' again", path: paths[0], line: 1, column: 1))
    {
      try readModel([paths[0], paths[0]])
    }
    let json = folder.write("m.json", Array("[1]".utf8))
    #expect(throws: SourceError("a JSON model is one file by itself; found several sources", path: json)) {
      try readModel([paths[0], json])
    }
    #expect(throws: SourceError("this directory has no .csv, .tsv, .txt or .npy files", path: "/proc/self/task")) {
      try readModel(["/proc/self/task"])
    }
  }
}
