/** Requests in Kotlin, with OkHttp. */
import { addressOf, PAYLOAD, TOKEN, type Call } from "../call.ts";
import { jsonLine, jsonText, kotlinQuoted } from "../quote.ts";

/** A program. */
export function kotlin(call: Call, base: string): string {
  if (call.topic !== undefined) return stream(call, call.topic, base);
  const steps = [`.url(${address(call, base)})`];
  if (call.signed) steps.push(`.header("Authorization", ${kotlinQuoted(TOKEN)})`);
  if (call.method !== "GET") steps.push(`.method("${call.method}", ${body(call)})`);
  steps.push(".build()");
  const imports = ["okhttp3.OkHttpClient", "okhttp3.Request"];
  if (Object.keys(call.query).length > 0) {
    imports.push("okhttp3.HttpUrl.Companion.toHttpUrl");
  }
  if (call.files || call.body || call.method === "POST" || call.method === "PATCH") {
    imports.push("okhttp3.RequestBody.Companion.toRequestBody");
  }
  if (call.body && !call.files) imports.push("okhttp3.MediaType.Companion.toMediaType");
  if (call.files) {
    imports.push("java.io.File", "okhttp3.MultipartBody");
    imports.push("okhttp3.RequestBody.Companion.asRequestBody");
  }
  const used = call.files
    ? imports.filter((name) => !name.endsWith("toRequestBody"))
    : imports;
  const asked = steps.map((step) => `        ${step}\n`).join("");
  return `// com.squareup.okhttp3:okhttp:4.12.0
${used.sort().map((name) => `import ${name}`).join("\n")}

fun main() {
    val request = Request.Builder()
${asked}    OkHttpClient().newCall(request).execute().use { answer ->
        println("\${answer.code} \${answer.body?.string()}")
    }
}`;
}

/** A raw string. JSON never has three quotes side by side, which would end it. */
export function kotlinText(text: string): string {
  return `"""${text.replaceAll("$", () => "${'$'}")}"""`;
}

function address(call: Call, base: string): string {
  const plain = kotlinQuoted(addressOf(call, base));
  const query = Object.entries(call.query);
  if (query.length === 0) return plain;
  const steps = query.map(
    ([name, value]) =>
      `\n            .addQueryParameter(${kotlinQuoted(name)}, ${kotlinQuoted(value)})`,
  );
  return `${plain}.toHttpUrl().newBuilder()${steps.join("")}\n            .build()`;
}

function body({ method, body, files }: Call): string {
  if (files !== undefined) return form(jsonLine(body ?? {}), files);
  if (body !== undefined) {
    return `${kotlinText(jsonText(body))}.toRequestBody("application/json".toMediaType())`;
  }
  return method === "DELETE" ? "null" : '"".toRequestBody()';
}

function form(payload: string, files: NonNullable<Call["files"]>): string {
  const parts = files.map(({ field, name }) => {
    const text = kotlinQuoted(name);
    return `.addFormDataPart(${kotlinQuoted(field)}, ${text}, File(${text}).asRequestBody())`;
  });
  const steps = [
    "MultipartBody.Builder().setType(MultipartBody.FORM)",
    `.addFormDataPart(${kotlinQuoted(PAYLOAD)}, ${kotlinText(payload)})`,
    ...parts,
    ".build()",
  ];
  return steps.join("\n            ");
}

function stream(call: Call, topic: string, base: string): string {
  const signed = call.signed ? `\n    .header("Authorization", ${kotlinQuoted(TOKEN)})` : "";
  return `// com.squareup.okhttp3:okhttp:4.12.0, org.json:json:20240303
import java.util.concurrent.TimeUnit
import okhttp3.MediaType.Companion.toMediaType
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody.Companion.toRequestBody
import org.json.JSONObject

val address = ${kotlinQuoted(addressOf(call, base))}
val topic = ${kotlinQuoted(topic)}
val client = OkHttpClient.Builder().readTimeout(6, TimeUnit.MINUTES).build()

fun ask(clientId: String) = Request.Builder().url(address)${signed}
    .post(
        JSONObject(mapOf("clientId" to clientId, "subscriptions" to listOf(topic))).toString()
            .toRequestBody("application/json".toMediaType())
    )
    .build()

fun main() {
    client.newCall(Request.Builder().url(address).build()).execute().use { events ->
        var event = ""
        events.body!!.charStream().forEachLine { line ->
            val name = line.substringBefore(":")
            val value = line.substringAfter(":")
            when {
                name == "event" -> event = value
                name == "data" && event == "PB_CONNECT" ->
                    client.newCall(ask(JSONObject(value).getString("clientId"))).execute().close()
                name == "data" -> println("$event $value")
            }
        }
    }
}`;
}
