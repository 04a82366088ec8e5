/// Words that a program cannot use for a constant of its own.
enum ReservedWords {
  /// Whether a compiler of C, C++ or Swift, or the C library, has a meaning for the word.
  static func contains(_ word: String) -> Bool {
    if all.contains(word) { return true }
    // Types and limits of <stdint.h>, and more of them in other headers.
    if ["_t", "_MAX", "_MIN", "_C", "_unlocked"].contains(where: word.hasSuffix) { return true }
    return isMathematics(word)
  }

  /// Whether the word is a function of <math.h> for another type: `expf`, `expl`, `expf32x`, `fabsd64`, `gammaf_r`.
  private static func isMathematics(_ word: String) -> Bool {
    var stem = word.hasSuffix("_r") ? word.dropLast(2) : word[...]
    if stem.last == "x" { stem = stem.dropLast() }
    while let last = stem.last, last.isNumber { stem = stem.dropLast() }
    guard let last = stem.last, "fld".contains(last) else { return false }
    return mathematics.contains(String(stem.dropLast()))
  }

  private static let all = Set(
    (c + " " + cPlusPlus + " " + swift + " " + library).split(separator: " ").map(String.init)
  ).union(mathematics)

  private static let c = """
    auto break case char const continue default do double else enum extern float for goto if inline int long register \
    restrict return short signed sizeof static struct switch typedef union unsigned void volatile while asm typeof \
    linux unix i386 near far interrupt bool true false nullptr constexpr thread_local alignas alignof static_assert
    """

  private static let cPlusPlus = """
    and and_eq bitand bitor catch char8_t char16_t char32_t class co_await co_return co_yield compl concept \
    const_cast consteval constinit decltype delete dynamic_cast explicit export friend module import mutable namespace \
    new noexcept not not_eq operator or or_eq private protected public reinterpret_cast requires static_cast template \
    this throw try typeid typename using virtual wchar_t xor xor_eq final override std
    """

  private static let swift = """
    actor Any any as associatedtype async await borrowing consuming deinit defer extension fallthrough fileprivate func \
    guard in indirect init inout internal is isolated lazy let macro nil nonisolated open package precedencegroup \
    protocol Protocol rethrows self Self some subscript super throws Type unowned var weak where Swift
    """

  /// What the C library defines outside <math.h>, as far as compilers treat it as their own.
  private static let library = """
    main NULL EOF errno stdin stdout stderr abort abs alloca assert atexit atoi atol atof bcmp bcopy bsearch bzero calloc \
    clock div exit execl execlp execle execv execvp execve ffs fclose fopen fork fprintf fputc fputs fread free fscanf \
    fwrite getc getchar getenv gets gettext index isalnum isalpha isascii isblank iscntrl isdigit isgraph islower \
    isprint ispunct isspace isupper isxdigit iswalnum iswalpha iswblank iswcntrl iswdigit iswgraph iswlower iswprint \
    iswpunct iswspace iswupper iswxdigit labs llabs ldiv localtime longjmp malloc memchr memcmp memcpy memmove mempcpy \
    memset mktime offsetof perror posix_memalign printf putc putchar puts qsort raise rand read realloc remove rename \
    rindex scanf setjmp signal snprintf sprintf srand sscanf stpcpy stpncpy strcasecmp strcat strchr strcmp strcpy \
    strcspn strdup strerror strftime strlen strncasecmp strncat strncmp strncpy strndup strnlen strpbrk strrchr strspn \
    strstr strtod strtol strtoul strtok system time toascii tolower toupper towlower towupper ungetc va_arg va_copy \
    va_end va_list va_start vfprintf vprintf vscanf vsnprintf vsprintf vsscanf write imaxabs dcgettext dgettext ffsl ffsll \
    ffsimax aligned_alloc strtoull strfmon vfork vfscanf feclearexcept fegetenv fegetexceptflag fegetround feholdexcept \
    feraiseexcept fesetenv fesetexceptflag fesetround fetestexcept feupdateenv
    """

  private static let mathematics = Set(
    """
    acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh drem erf erfc exp exp10 exp2 expm1 fabs fdim \
    finite floor fma fmax fmin fmod frexp gamma gamma_r hypot ilogb isfinite isinf isnan isnormal j0 j1 jn ldexp lgamma \
    lgamma_r llrint llround log log10 log1p log2 logb lrint lround modf nan nearbyint nextafter nexttoward pow pow10 \
    remainder remquo rint round roundeven scalb scalbln scalbn signbit significand sin sincos sinh sqrt tan tanh tgamma \
    trunc y0 y1 yn cabs cacos cacosh carg casin casinh catan catanh ccos ccosh cexp cimag clog clog10 conj cpow cproj \
    creal csin csinh csqrt ctan ctanh cexpi
    """.split(separator: " ").map(String.init))
}
