namespace TspActors.Configuration;

/// <summary>Reads the value of a setting from its text.</summary>
/// <returns>False if the text does not have the form of the setting.</returns>
public delegate bool SettingParser<T>(string text, out T value);
