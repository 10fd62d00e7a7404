using System.Text;
using TspActors.Configuration.Hocon;

namespace TspActors.Configuration;

/// <summary>Prints the effective settings as HOCON: nested sections, sorted keys, and above each key a comment with its origin.</summary>
internal static class ConfigurationPrinter
{
    /// <summary>The text printed in place of a secret. The settings reader does not accept it as a secret.</summary>
    public const string Redacted = "********";

    public static string Print(string program, IReadOnlyDictionary<string, Setting> settings, IReadOnlySet<string> secrets,
        IReadOnlyDictionary<string, EntryForm> forms)
    {
        var text = new StringBuilder($"# The {program}'s effective settings, and where each one comes from.\n");
        PrintSection(text, $"tsp.{program}", $"tsp.{program}.", settings, secrets, forms, 0);
        return text.ToString();
    }

    private static void PrintSection(
        StringBuilder text, string name, string prefix, IReadOnlyDictionary<string, Setting> settings, IReadOnlySet<string> secrets,
        IReadOnlyDictionary<string, EntryForm> forms, int depth)
    {
        string indent = new(' ', depth * 2);
        text.Append(indent).Append(name).Append(" {\n");
        var keys = settings.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        foreach (string key in keys.Where(key => !key.AsSpan(prefix.Length).Contains('.')))
        {
            var setting = settings[key];
            bool hidden = secrets.Contains(key) && (setting.Text.Length > 0 || setting.Items.Count > 0);
            string value = !hidden
                ? setting.ToHocon(forms.TryGetValue(key, out var form) ? form.SecretFields : [])
                : setting.Shape == SettingShape.List ? HoconText.List([Redacted]) : HoconText.Quote(Redacted);
            text.Append(indent).Append("  # ").Append(setting.Origin).Append('\n');
            text.Append(indent).Append("  ").Append(
                key, prefix.Length, key.Length - prefix.Length).Append(" = ").Append(value).Append('\n');
        }

        var sections = keys.Where(key => key.AsSpan(prefix.Length).Contains('.')).Select(
            key => key[prefix.Length..key.IndexOf('.', prefix.Length)]).Distinct();
        foreach (string section in sections)
            PrintSection(text, section, $"{prefix}{section}.", settings, secrets, forms, depth + 1);
        text.Append(indent).Append("}\n");
    }
}
