"""Calls mock-services with the vendors' own Python SDKs. They must work as with the real services.

usage: official_sdks.py ADDRESS   of a mock-services without faults and with the key 'mock'
"""

import base64
import io
import struct

import llama_cloud
import openai

from checks import address, check, conclude, faults

# OpenAI -----------------------------------------------------------------------------------------
client = openai.OpenAI(api_key="mock", base_url=address + "/v1", max_retries=0)
answer = client.embeddings.create(model="text-embedding-3-small", input=["the moon", "bread"])
check("openai: two texts, two vectors of 1536 numbers, in order",
      [len(item.embedding) for item in answer.data] == [1536, 1536]
      and [item.index for item in answer.data] == [0, 1])
check("openai: usage is reported", answer.usage.total_tokens == 4 and answer.usage.prompt_tokens == 4)
check("openai: models are listed",
      "text-embedding-3-small" in [model.id for model in client.models.list()])
floats = client.embeddings.create(
    model="text-embedding-3-small", input="the moon", encoding_format="float")
check("openai: base64, the SDK's default, and numbers contain the same values",
      max(abs(a - b) for a, b in zip(floats.data[0].embedding, answer.data[0].embedding)) < 1e-6)
raw = client.embeddings.create(
    model="text-embedding-3-small", input="the moon", encoding_format="base64")
numbers = struct.unpack("<1536f", base64.b64decode(raw.data[0].embedding))
check("openai: base64 is little-endian float32",
      max(abs(a - b) for a, b in zip(numbers, answer.data[0].embedding)) < 1e-6)
narrow = client.embeddings.create(model="text-embedding-3-large", input="x", dimensions=256)
check("openai: the requested dimensions are used", len(narrow.data[0].embedding) == 256)

for what, call, error in [
    ("a wrong key", lambda: openai.OpenAI(
        api_key="wrong", base_url=address + "/v1", max_retries=0
    ).embeddings.create(model="text-embedding-3-small", input="x"), openai.AuthenticationError),
    ("an unknown model", lambda: client.embeddings.create(model="none", input="x"),
     openai.NotFoundError),
    ("an empty text", lambda: client.embeddings.create(
        model="text-embedding-3-small", input=[""]), openai.BadRequestError),
    ("2,049 texts", lambda: client.embeddings.create(
        model="text-embedding-3-small", input=["x"] * 2049), openai.BadRequestError),
    ("dimensions for a model without that option", lambda: client.embeddings.create(
        model="text-embedding-ada-002", input="x", dimensions=256), openai.BadRequestError),
]:
    try:
        call()
        check(f"openai: {what} is refused", False)
    except error:
        check(f"openai: {what} is refused as {error.__name__}", True)
try:
    client.embeddings.create(model="text-embedding-3-small", input=["word " * 6000] * 50)
    check("openai: a request of more than 300,000 tokens is refused", False)
except openai.BadRequestError as error:
    check("openai: a request of more than 300,000 tokens is refused by its code",
          error.code == "max_tokens_per_request")
for fault, error in [("rate_limit", openai.RateLimitError), ("quota", openai.RateLimitError),
                     ("overloaded", openai.InternalServerError),
                     ("server_error", openai.InternalServerError),
                     ("reset", openai.APIConnectionError)]:
    faults(fault + "=1")
    try:
        client.embeddings.create(model="text-embedding-3-small", input="x")
        check(f"openai: the fault {fault} is met", False)
    except error as met:
        known = fault != "quota" or met.code == "insufficient_quota"
        check(f"openai: the fault {fault} is met as {error.__name__}", known)
faults("rate_limit=0.5")
patient = openai.OpenAI(api_key="mock", base_url=address + "/v1", max_retries=20)
for _ in range(5):
    patient.embeddings.create(model="text-embedding-3-small", input="x")
check("openai: the SDK's own retries get over rate limits", True)
faults("")

# LlamaParse -------------------------------------------------------------------------------------
llama = llama_cloud.LlamaCloud(api_key="mock", base_url=address, max_retries=0)
result = llama.parsing.parse(
    tier="cost_effective", version="2026-09-28", expand=["markdown"], polling_interval=0.05,
    upload_file=("two.txt", io.BytesIO("# One\fTwo, and Grüße".encode()), "text/plain"))
check("llama-cloud: a document is uploaded, waited for and read",
      [page.markdown for page in result.markdown.pages] == ["# One", "Two, and Grüße"])
check("llama-cloud: pages are numbered from one",
      [page.page_number for page in result.markdown.pages] == [1, 2])
faults("short=1")
partial = llama.parsing.parse(
    tier="cost_effective", version="2026-09-28", expand=["markdown"], polling_interval=0.05,
    upload_file=("two.txt", io.BytesIO(b"One\fTwo"), "text/plain"))
check("llama-cloud: a failed page is reported",
      [page.success for page in partial.markdown.pages] == [True, False])
faults("quota=1")
try:
    llama.parsing.create(tier="cost_effective", version="2026-09-28",
                         upload_file=("a.txt", io.BytesIO(b"x"), "text/plain"))
    check("llama-cloud: the lack of credits is met", False)
except llama_cloud.APIStatusError as error:
    check("llama-cloud: the lack of credits is met as 402", error.status_code == 402)
faults("")
try:
    llama.parsing.get("pjb-none")
    check("llama-cloud: an unknown job is refused", False)
except llama_cloud.NotFoundError:
    check("llama-cloud: an unknown job is refused as NotFoundError", True)

conclude(f"openai {openai.__version__}", f"llama-cloud {llama_cloud.__version__}")
