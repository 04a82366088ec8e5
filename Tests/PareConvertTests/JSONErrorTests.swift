import PareEncode
import Testing

@testable import PareConvert

@Suite("JSON that is wrong")
struct JSONErrorTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var text: String
    var line: Int?
    var column: Int?
    var message: String
    var testDescription: String { text.debugDescription.prefix(60) + " " }

    init(_ text: String, _ line: Int?, _ column: Int?, _ message: String) {
      (self.text, self.line, self.column, self.message) = (text, line, column, message)
    }
  }

  static let noArrays =
    "this JSON text has no arrays of numbers; expected named arrays, as in {\"weight\": [[0.5, -1.0]]}"

  static let cases: [Case] = [
    // Structure.
    Case("{\"a\": [1]", 1, 10, "expected ',' or '}', found the end of the text"),
    Case("{\"a\": [1] \"b\": [2]}", 1, 11, "expected ',' or '}', found a string"),
    Case("{\"a\" [1]}", 1, 6, "expected ':' behind the key, found a list"),
    Case("{a: [1]}", 1, 2, "expected a key in quotes, found 'a'"),
    Case("{\"a\": [1],}", 1, 11, "expected a key in quotes, found '}'"),
    Case("{\"a\": [1]}\n{}", 2, 1, "expected the end of the text, found an object"),
    Case("{\"a\": [1]} x", 1, 12, "expected the end of the text, found 'x'"),
    Case("{\"a\": [1], \"a\": [2]}", 1, 12, "expected each key once, found 'a' again"),
    Case("{\"a\": [1], \"\\u0061\": 2}", 1, 12, "expected each key once, found 'a' again"),
    Case("{\"a.b\": [1], \"a\": {\"b\": [2]}}", 1, 25, "expected each tensor name once, found 'a.b' again"),
    Case("{\"a\": [1], \"b\": tru}", 1, 17, "expected a value, found 'tru'"),
    Case("{\"a\": [1], \"b\": nul}", 1, 17, "expected a value, found 'nul'"),
    Case("{\"a\": [1], \"b\": truex}", 1, 17, "expected a value, found 'truex'"),
    Case("{\"a\": }", 1, 7, "expected a value, found '}'"),
    Case("{\"a\": \u{1}}", 1, 7, "expected a value, found control byte 0x1"),
    // Numbers.
    Case("{\"a\": [01]}", 1, 8, "expected a number without leading zeros, found '01'"),
    Case("{\"a\": [-]}", 1, 9, "expected a number, found ']'"),
    Case("{\"a\": [+1]}", 1, 8, "expected a number, found '+1'"),
    Case("{\"a\": [.5]}", 1, 8, "expected a number, found '.5'"),
    Case("{\"a\": [1.]}", 1, 10, "expected a digit behind the point, found ']'"),
    Case("{\"a\": [1.e5]}", 1, 10, "expected a digit behind the point, found 'e5'"),
    Case("{\"a\": [1e]}", 1, 10, "expected a digit of the exponent, found ']'"),
    Case("{\"a\": [1e+]}", 1, 11, "expected a digit of the exponent, found ']'"),
    Case("{\"a\": [1x]}", 1, 9, "expected the end of the number, found 'x'"),
    Case("{\"a\": [1 2]}", 1, 10, "expected ',' or ']', found '2'"),
    Case("{\"a\": [1,]}", 1, 10, "expected a number, found ']'"),
    Case("{\"a\": [1,,2]}", 1, 10, "expected a number, found ','"),
    Case("{\"a\": [1, 2", 1, 12, "expected ',' or ']', found the end of the text"),
    Case("{\"a\": [0x10]}", 1, 9, "expected the end of the number, found 'x10'"),
    Case(
      "{\"a\": [1, 2,\n 1e39]}", 2, 2, "expected a number that a 32-bit float holds (at most 3.4028235e38), found 1e39"),
    Case("{\"a\": [nan]}", 1, 8, "expected a value, found 'nan'"),
    Case("{\"a\": [1, nan]}", 1, 11, "expected a number, found 'nan'"),
    Case(
      "{\"intercept_\": 1e60, \"coef_\": [1]}", 1, 16,
      "expected a number that a 32-bit float holds (at most 3.4028235e38), found 1e60"),
    // What is no number in an array of numbers.
    Case("{\"a\": [1, null]}", 1, 11, "expected a number, found null"),
    Case("{\"a\": [null, 1.5]}", 1, 8, "expected a number, found null"),
    Case("{\"a\": [[1, 2], [3, null]]}", 1, 20, "expected a number, found null"),
    Case("{\"a\": [1, \"2\"]}", 1, 11, "expected a number, found a string"),
    Case("{\"a\": [\"1\", 2]}", 1, 13, "expected a number in quotes, as before, found '2'"),
    Case("{\"a\": [1, true]}", 1, 11, "expected a number, found 'true'"),
    Case("{\"a\": [1, {}]}", 1, 11, "expected a number, found an object"),
    // Shapes.
    Case("{\"a\": [[1, 2],\n [3]]}", 2, 2, "expected 2 numbers in this row as in the first, found 1"),
    Case("{\"a\": [[1, 2],\n [3, 4, 5]]}", 2, 2, "expected 2 numbers in this row as in the first, found 3"),
    Case("{\"a\": [[[1],[2]],[[3]]]}", 1, 18, "expected 2 rows in this list as in the first, found 1"),
    Case("{\"a\": [[1, 2], 3]}", 1, 16, "expected a list of numbers, as before, found '3'"),
    Case("{\"a\": [[1, 2], [3, [4]]]}", 1, 20, "expected a number, found a list"),
    Case("{\"a\": [[1, 2], []]}", 1, 17, "expected a number, found ']'"),
    Case("{\"a\": [[], [1, 2]]}", 1, 12, "expected 0 numbers in this row as in one before it, found 2"),
    Case("{\"a\": [[\"1\", \"2\"], [\"3\"]]}", 1, 20, "expected 2 numbers in this row as in the first, found 1"),
    Case("[[[[[[[[[1]]]]]]]]]", 1, 1, "expected at most 8 axes, found 9"),
    // Strings.
    Case("{\"a\\x\": [1]}", 1, 4, "expected an escape of JSON (\\n, \\\", \\u0041, ...)"),
    Case("{\"a\\u12G4\": [1]}", 1, 8, "expected a hexadecimal digit, found 'G4'"),
    Case("{\"a\\ud800\": [1]}", 1, 4, "expected a pair of surrogates, found one alone"),
    Case("{\"a\\ud800\\u0041\": [1]}", 1, 4, "expected a pair of surrogates, found one alone"),
    Case("{\"a\\udc00\": [1]}", 1, 4, "expected a pair of surrogates, found one alone"),
    Case("{\"a", 1, 4, "expected the string's closing quote, found the end of the text"),
    Case("{\"a\nb\": [1]}", 1, 4, "expected the string's closing quote, found control byte 0xa"),
    // Names.
    Case("{\"\": [1]}", 1, 6, "expected a tensor name, found an empty one"),
    Case("{\"a\\n\": [1]}", 1, 9, "expected a tensor name without control characters, found \"a\\n\""),
    Case("{\"a\\u0085\": [1]}", 1, 13, "expected a tensor name without control characters, found \"a\\u{0085}\""),
    Case(
      "{\"\(String(repeating: "n", count: 256))\": [1]}", 1, 262,
      "expected a tensor name of at most 255 bytes, found one of 256"),
    // Nothing to convert.
    Case("{}", nil, nil, noArrays),
    Case("[]", nil, nil, noArrays),
    Case("{\"a\": 1, \"b\": \"x\", \"c\": []}", nil, nil, noArrays),
    Case("{\"classes_\": [0, 1, 2]}", nil, nil, noArrays),
    // Tree ensembles.
    Case(
      "{\"learner\": {\"gradient_booster\": {\"model\": {\"trees\": [{\"base_weights\": [1]}]}}}}", 1, 45,
      "a tree ensemble (XGBoost) has no weight tensors; expected a model made of arrays of numbers"),
    Case(
      "{\"name\": \"tree\", \"tree_info\": []}", 1, 18,
      "a tree ensemble (LightGBM) has no weight tensors; expected a model made of arrays of numbers"),
    Case(
      "[{\"nodeid\": 0, \"depth\": 0}]", 1, 3,
      "a tree ensemble (XGBoost) has no weight tensors; expected a model made of arrays of numbers"),
    Case(
      "{\"oblivious_trees\": []}", 1, 2,
      "a tree ensemble (CatBoost) has no weight tensors; expected a model made of arrays of numbers"),
  ]

  @Test("is refused with its place and what was expected there", arguments: cases)
  func refused(_ test: Case) {
    let error = refusal(Array(test.text.utf8), as: "m.json")
    #expect(error?.message == test.message)
    #expect(error?.line == test.line)
    #expect(error?.column == test.column)
    #expect(error?.kind == .malformed)
  }

  @Test("a place far into a long row is the same as in a short one: the fast scanner and the general reader agree")
  func longRows() {
    for (number, message, delta) in [
      ("1x", "expected the end of the number, found 'x'", 1),
      ("01", "expected a number without leading zeros, found '01'", 0),
      ("null", "expected a number, found null", 0), ("1.", "expected a digit behind the point, found ','", 2),
      ("1 2", "expected ',' or ']', found '2'", 2), ("", "expected a number, found ','", 0),
      ("--1", "expected a number, found '-1'", 1),
    ] {
      let head = "{\"a\": [" + String(repeating: "0.25, ", count: 1000)
      let text = head + number + String(repeating: ", 0.5", count: 1000) + "]}"
      let error = refusal(Array(text.utf8), as: "m.json")
      #expect(error?.column == head.utf8.count + 1 + delta, "\(number)")
      #expect(error?.message == message)
    }
  }

  @Test("invalid UTF-8 in a key or a value is refused at its byte")
  func invalidText() {
    let bytes = Array("{\"a\u{E9}".utf8) + [0xC3, 0x28] + Array("\": [1]}".utf8)
    let error = refusal(bytes, as: "m.json")
    #expect(error?.message == "expected UTF-8, found byte 0xC3")
    #expect(error?.column == 6)
  }

  @Test("64 levels of nesting are read, 65 are refused without running out of stack")
  func depth() throws {
    func nested(_ levels: Int) -> String {
      String(repeating: "{\"a\": ", count: levels) + "[1.5]" + String(repeating: "}", count: levels)
    }
    #expect(try readText(nested(64)).tensors[0].values.count == 1)
    let error = refusal(Array(nested(65).utf8), as: "m.json")
    #expect(error?.message == "expected at most 64 levels of nesting")
    #expect(error?.column == 64 * 6 + 1)
    for text in [
      String(repeating: "{\"a\":", count: 200_000), String(repeating: "[{\"a\":", count: 200_000),
      String(repeating: "[", count: 1_000_000), "{\"config\":" + String(repeating: "[", count: 1_000_000),
    ] {
      #expect(refusal(Array(text.utf8), as: "m.json") != nil)
    }
  }

  @Test("an error's text is path:line:column: error: message, and - is <stdin>")
  func description() {
    #expect(SourceError("m", path: "-", line: 2, column: 3).description == "<stdin>:2:3: error: m")
    #expect(SourceError("m", path: "a.json").description == "a.json: error: m")
    let error = refusal([], as: "x")
    #expect(error?.message == "this file is empty; expected a model in JSON, CSV or npy")
  }

  @Test("what cannot be opened is unreadable, with the system's words")
  func unreadable() {
    #expect(throws: SourceError("No such file or directory", path: "/nonexistent/m.json", kind: .unreadable)) {
      try readModel(["/nonexistent/m.json"])
    }
  }
}
