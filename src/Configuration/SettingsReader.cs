using System.Diagnostics.CodeAnalysis;

namespace TspActors.Configuration;

/// <summary>
/// A typed reader of settings (ports, durations, addresses) for a program's immutable settings records. It collects invalid values, so that
/// the user sees all of them together, and returns the default in place of each. Invalid elements of a list are left out. Read everything,
/// then call <see cref="ThrowIfAny"/>.
/// </summary>
/// <remarks>Not thread-safe. Reading a key that the reference text does not define throws <see cref="ArgumentException"/>.</remarks>
public sealed class SettingsReader
{
    private const int MaxTextLength = 4096;
    private const int MaxListCount = 1000;

    private readonly ProgramConfiguration _configuration;
    private readonly List<SettingsProblem> _problems;
    private readonly HashSet<string> _read;
    private readonly string _prefix;


    /// <summary>Creates a reader that starts with the problems found in the sources.</summary>
    public SettingsReader(ProgramConfiguration configuration)
    {
        _configuration = configuration;
        _problems = [.. configuration.Problems];
        _read = new HashSet<string>(StringComparer.Ordinal);
        _prefix = "";
    }

    private SettingsReader(SettingsReader parent, string section)
    {
        _configuration = parent._configuration;
        _problems = parent._problems;
        _read = parent._read;
        _prefix = $"{parent._prefix}{section}.";
    }

    /// <summary>The problems found in the sources and in the values read so far.</summary>
    public IReadOnlyList<SettingsProblem> Errors => _problems;

    /// <summary>The keys that have not been read. There should be none once the settings record is built.</summary>
    public IReadOnlyList<string> UnreadKeys => [.. _configuration.Keys.Where(key => !_read.Contains(key))];

    /// <summary>Returns a reader for a section. Its keys are relative to the section; its problems are added to the same list.</summary>
    public SettingsReader Section(string name) => new(this, name);

    /// <summary>Returns whether the user has chosen the value of a key (<see cref="ProgramConfiguration.IsChosen"/>).</summary>
    public bool IsChosen(string key) => _configuration.IsChosen(_prefix + key);

    /// <summary>Reads a whole number from <paramref name="min"/> to <paramref name="max"/>.</summary>
    [SuppressMessage("Naming", "CA1720", Justification = "Each method is named after the type that it reads.")]
    public int Int(string key, int min, int max) => One(key, ValueRule.Int(min, max));

    /// <summary>Reads a TCP port.</summary>
    /// <param name="key">The key.</param>
    /// <param name="zeroMeansAny">Whether 0 is allowed, which lets the operating system choose a port.</param>
    public int Port(string key, bool zeroMeansAny = false) =>
        One(key, zeroMeansAny ? "a port from 1 to 65535, or 0 for any" : "a port from 1 to 65535",
            (string text, out int port) => ValueRule.TryParseInt(text, out port) && port <= 65535 && port >= (zeroMeansAny ? 0 : 1));

    /// <summary>Reads a duration: a number with the unit ms, s, m, h or d.</summary>
    public TimeSpan Duration(string key, TimeSpan min, TimeSpan max) => One(key, ValueRule.Duration(min, max));

    /// <summary>Reads a number of bytes, with or without a unit.</summary>
    public long Bytes(string key, long min, long max) =>
        One(key, $"a size from {Units.Format(min)} to {Units.Format(max)}, such as 64k, 256KiB or 1m",
            (string text, out long value) => Units.TryParseBytes(text, out value) && value >= min && value <= max);

    /// <summary>Reads a number of bytes, with or without a unit, or "auto", for which it returns null.</summary>
    public long? BytesOrAuto(string key, long min, long max) =>
        One(key, $"auto, or a size from {Units.Format(min)} to {Units.Format(max)}, such as 64k, 256KiB or 1m",
            (string text, out long? value) =>
        {
            value = Units.TryParseBytes(text, out var bytes) ? bytes : null;
            return text == "auto" || (value >= min && value <= max);
        });

    /// <summary>Reads a number of bits or bytes per second, with its unit, or "none".</summary>
    public Rate Rate(string key, Rate min, Rate max) =>
        One(key, $"a rate from {min} to {max}, such as 10 Mbit/s or 500 kB/s, or none",
            (string text, out Rate value) => Configuration.Rate.TryParse(text, out value)
                && (value.IsNone || (value.BytesPerSecond >= min.BytesPerSecond && value.BytesPerSecond <= max.BytesPerSecond)));

    /// <summary>Reads a switch: on, true or yes; off, false or no.</summary>
    public bool Bool(string key) => One(key, ValueRule.Bool);

    /// <summary>Reads a single line of text.</summary>
    /// <param name="key">The key.</param>
    /// <param name="maxLength">The maximum length of the text, in UTF-16 code units.</param>
    /// <param name="minLength">The minimum length of the text.</param>
    public string Text(string key, int maxLength = MaxTextLength, int minLength = 0) =>
        One(key, ValueRule.Text(maxLength, minLength));

    /// <summary>Reads the path of a file or folder. A leading ~ stands for the home folder.</summary>
    public string Path(string key) => Expand(key, Text(key));

    /// <summary>Reads a list of paths. No element may be empty. A leading ~ stands for the home folder.</summary>
    public IReadOnlyList<string> PathList(string key) => [.. TextList(key).Select(path => Expand(key, path))];

    /// <summary>Reads a list of strings. No element may be empty.</summary>
    public IReadOnlyList<string> TextList(string key, int maxCount = MaxListCount, int maxLength = MaxTextLength) =>
        List(key, maxCount, ValueRule.Text(maxLength, 1).Words, ValueRule.Text(maxLength, 1).Parser);

    /// <summary>Returns readers for the elements of a list that has an <see cref="EntryForm"/>.</summary>
    public IReadOnlyList<EntryReader> Entries(string key, int maxCount = MaxListCount)
    {
        var setting = _configuration.Find(_prefix + key);
        if (!_configuration.Schema.Forms.TryGetValue(_prefix + key, out var form))
            throw new ArgumentException($"{_prefix}{key} has no form for its elements.", nameof(key));
        _read.Add(_prefix + key);
        if (setting.Entries.Count > maxCount)
            Reject(key, $"it has {setting.Entries.Count} elements", $"write at most {maxCount}");
        return [.. setting.Entries.Take(maxCount).Select((entry, index) => new EntryReader(entry, form, index, _problems))];
    }

    /// <summary>Reads a host's name or address. An IPv6 address may have brackets; the result has none.</summary>
    public string Host(string key) =>
        One(key, "a host name or an address", (string text, out string value) => Configuration.HostPort.TryParseHost(text, out value));

    /// <summary>Reads "host:port" or "[v6]:port". If there is a default port, ":port" may be omitted.</summary>
    public HostPort HostPort(string key, int? defaultPort = null) =>
        One(
            key, HostPortRule(defaultPort),
            (string text, out HostPort value) => Configuration.HostPort.TryParse(text, defaultPort, out value!));

    /// <summary>Reads a list of addresses, each in the format that <see cref="HostPort"/> reads.</summary>
    public IReadOnlyList<HostPort> HostPortList(string key, int? defaultPort = null, int maxCount = MaxListCount) =>
        List(
            key, maxCount, HostPortRule(defaultPort),
            (string text, out HostPort value) => Configuration.HostPort.TryParse(text, defaultPort, out value!));

    /// <summary>Reads a list whose elements have a custom format.</summary>
    /// <param name="key">The key.</param>
    /// <param name="rule">The format of an element, for messages.</param>
    /// <param name="parser">Reads one element.</param>
    /// <param name="maxCount">The maximum number of elements.</param>
    public IReadOnlyList<T> ParsedList<T>(string key, string rule, SettingParser<T> parser, int maxCount = MaxListCount) =>
        List(key, maxCount, rule, parser);

    /// <summary>Reads a value that must be one of the given words. Case matters.</summary>
    public string OneOf(string key, params string[] words) =>
        One(key, words.Length == 1 ? words[0] : $"{string.Join(", ", words[..^1])} or {words[^1]}",
            (string text, out string value) => words.Contains(value = text));

    /// <summary>
    /// Reads a secret, from this setting or from the file that another setting names. Returns null if neither is set. The secret never
    /// appears in a message.
    /// </summary>
    /// <param name="key">The key of the secret.</param>
    /// <param name="fileKey">The key of the setting that names the file. The secret is the file's only line.</param>
    /// <param name="maxLength">The maximum length of the secret, in UTF-16 code units.</param>
    /// <param name="minLength">The minimum length of the secret.</param>
    public string? SecretOrFile(string key, string fileKey, int maxLength = MaxTextLength, int minLength = 0)
    {
        var secret = Secret(key, maxLength, minLength);
        if (Path(fileKey) is not { Length: > 0 } path)
            return secret;
        if (secret is not null)
        {
            Reject(fileKey, $"{_prefix}{key} is set too", "set only one of the two");
            return secret;
        }

        var (read, fault) = SecretFile.Read(path, maxLength, minLength);
        if (fault is not null)
            Reject(fileKey, fault, $"write the secret into the file, as {ValueRule.Text(maxLength, minLength).Words}");
        return read;
    }

    /// <summary>Reads a secret. Returns null if it is empty. The secret never appears in a message.</summary>
    /// <param name="key">The key.</param>
    /// <param name="maxLength">The maximum length of the secret, in UTF-16 code units.</param>
    /// <param name="minLength">The minimum length of a secret that is not empty.</param>
    /// <exception cref="ArgumentException">The load request does not list the key as a secret, so --print-config would show it.</exception>
    public string? Secret(string key, int maxLength = MaxTextLength, int minLength = 0)
    {
        if (!_configuration.Secrets.Contains(_prefix + key))
            throw new ArgumentException($"{_prefix}{key} is not among the secret keys of the load request.", nameof(key));
        string secret = One(key, ValueRule.Secret(maxLength, minLength));
        return secret.Length == 0 ? null : secret;
    }

    /// <summary>Adds a problem that only the program can detect, such as two settings that contradict each other.</summary>
    /// <param name="key">The key to change.</param>
    /// <param name="what">A description of the problem.</param>
    /// <param name="remedy">How to fix the problem.</param>
    public void Reject(string key, string what, string remedy) =>
        _problems.Add(new SettingsProblem(_configuration.OriginOf(_prefix + key).ToString(), $"{_prefix}{key}: {what}", remedy));

    /// <summary>Throws if there are problems.</summary>
    /// <exception cref="SettingsException">There are problems.</exception>
    public void ThrowIfAny()
    {
        if (_problems.Count > 0)
            throw new SettingsException([.. _problems]);
    }

    private string Expand(string key, string path)
    {
        if (HomeFolder.Expand(path) is { } expanded)
            return expanded;
        Reject(key, "there is no home folder to substitute for ~", "write the full path");
        return path;
    }

    private T One<T>(string key, ValueRule<T> rule) => One(key, rule.Words, rule.Parser);

    private T One<T>(string key, string rule, SettingParser<T> parser)
    {
        var setting = Find(key, SettingShape.Text);
        if (parser(setting.Text, out T value))
            return value;
        Wrong(key, setting.Text, setting.Origin, rule);
        parser(_configuration.Schema.Defaults[_prefix + key].Text, out value);
        return value;
    }

    private List<T> List<T>(string key, int maxCount, string rule, SettingParser<T> parser)
    {
        var setting = Find(key, SettingShape.List);
        if (setting.Items.Count > maxCount)
            Reject(key, $"it has {setting.Items.Count} elements", $"write at most {maxCount}");
        var values = new List<T>();
        foreach (var (index, text) in setting.Items.Take(maxCount).Index())
        {
            if (parser(text, out T value))
                values.Add(value);
            else
                Wrong($"{key}[{index}]", text, setting.Origin, rule, _configuration.Secrets.Contains(_prefix + key));
        }

        return values;
    }

    private Setting Find(string key, SettingShape shape)
    {
        string fullKey = _prefix + key;
        var setting = _configuration.Find(fullKey);
        if (setting.Shape != shape)
            throw new ArgumentException($"{fullKey} is read as a {shape} but the reference text defines a {setting.Shape}.", nameof(key));
        _read.Add(fullKey);
        return setting;
    }

    private void Wrong(string key, string value, SettingOrigin origin, string rule, bool secret = false)
    {
        string fullKey = _prefix + key;
        string shown = secret || _configuration.Secrets.Contains(fullKey) ? "not valid" : DisplayText.Quote(value);
        _problems.Add(new SettingsProblem(origin.ToString(), $"{fullKey} is {shown}", $"write {rule}"));
    }

    private static string HostPortRule(int? defaultPort) =>
        defaultPort is null ? "host:port or [v6 address]:port" : "host:port, [v6 address]:port or just a host";
}
