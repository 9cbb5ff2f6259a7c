"""A third-party S3 server (moto) with one bucket; ends when its standard input ends.

usage: s3_server.py [signed]

With 'signed' it checks signatures; moto 5.2 then refuses requests with an encoded character in
their query, boto3's own requests too. Prints one line of JSON with its address and keys. Then each
line of its input is a question, answered in a line of JSON by way of boto3:

  bucket BUCKET            makes another bucket
  objects BUCKET           [[key, length, sha256], ...]
  uploads BUCKET           [[key, parts], ...] begun and not completed
  put BUCKET KEY TEXT      writes an object
"""

import hashlib
import json
import os
import sys

SIGNED = sys.argv[1:] == ["signed"]
if SIGNED:
    # moto verifies credentials after the four calls below.
    os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "4"

import boto3
from moto.server import ThreadedMotoServer

BUCKET = "documents"
POLICY = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
}


def answer(line, s3):
    words = line.split(" ", 3)
    bucket = words[1]
    if words[0] == "bucket":
        s3.create_bucket(Bucket=bucket)
        return []
    if words[0] == "objects":
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        found = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
        bodies = [(key, s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in found]
        return [[key, len(body), hashlib.sha256(body).hexdigest()] for key, body in bodies]
    if words[0] == "uploads":
        begun = s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
        return [
            [
                upload["Key"],
                len(
                    s3.list_parts(
                        Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                    ).get("Parts", [])
                ),
            ]
            for upload in begun
        ]
    s3.put_object(Bucket=bucket, Key=words[2], Body=words[3].encode())
    return []


server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
endpoint = f"http://{host}:{port}"
root = boto3.Session("test", "test", region_name="us-east-1")
iam = root.client("iam", endpoint_url=endpoint)
iam.create_user(UserName="millrace")
key = iam.create_access_key(UserName="millrace")["AccessKey"]
iam.put_user_policy(
    UserName="millrace", PolicyName="s3", PolicyDocument=json.dumps(POLICY)
)
root.client("s3", endpoint_url=endpoint).create_bucket(Bucket=BUCKET)
user = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name="us-east-1")
client = user.client("s3", endpoint_url=endpoint)
print(
    json.dumps(
        {
            "endpoint": endpoint,
            "bucket": BUCKET,
            "accessKeyID": key["AccessKeyId"],
            "secretAccessKey": key["SecretAccessKey"],
        }
    ),
    flush=True,
)
for line in sys.stdin:
    print(json.dumps(answer(line.rstrip("\n"), client)), flush=True)
os._exit(0)
