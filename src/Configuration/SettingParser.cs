namespace TspActors.Configuration;

/// <summary>Reads the value of a setting from its text.</summary>
/// <returns>False if the text is not a valid value for the setting.</returns>
public delegate bool SettingParser<T>(string text, out T value);
