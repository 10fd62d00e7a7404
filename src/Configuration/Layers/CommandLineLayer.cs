namespace TspActors.Configuration.Layers;

/// <summary>Builds the settings layer from the command-line options.</summary>
internal static class CommandLineLayer
{
    /// <exception cref="ArgumentException">An option sets a key that the program does not have, or uses a single value for a list or a list
    ///   for a single value. This is a bug in the program.</exception>
    public static SettingsLayer Load(IReadOnlyList<CommandLineSetting> commandLine, Schema schema)
    {
        var settings = new Dictionary<string, Setting>(StringComparer.Ordinal);
        foreach (var option in commandLine)
        {
            bool isList = option.Value is null;
            if (!option.Key.StartsWith("akka.", StringComparison.Ordinal)
                && (!schema.Knows(option.Key) || schema.TakesList(option.Key) != isList))
                throw new ArgumentException(
                    $"{option.Option} sets {option.Key}, which the reference text does not define, or defines as a different kind (list or single value).", nameof(commandLine));
            var origin = new SettingOrigin(OriginKind.CommandLine, option.Option);
            settings[option.Key] = option.Value is { } value
                ? Setting.One(value, origin)
                : Setting.List(option.Values, origin) with { Adds = option.Adds };
        }

        return SettingsLayer.FromSettings(settings, []);
    }
}
